using System.Diagnostics;
using System.Globalization;

namespace Paxi.Bench.Processes;

/// <summary>
/// Ends our processes also when this one is killed and can end nothing itself (SIGKILL, out of memory): a small shell has their ids, and reads from a pipe whose other
/// end only this process holds. At the end of that file it kills whoever is left. On Windows there is none.
/// </summary>
internal static class Orphans
{
    private const string Script = """
        trap '' INT TERM HUP
        exec >/dev/null 2>&1
        left=' '
        while read -r verb id; do
          case $verb in
            +) left="$left$id ";;
            -) case $left in *" $id "*) left="${left%% $id *} ${left#* $id }";; esac;;
          esac
        done
        for id in $left; do kill -9 "$id"; done
        """;

    private static readonly Lock _lock = new();
    private static Process? _shell;

    /// <summary>From now on it ends with us.</summary>
    public static void Watch(int id) => Say('+', id);

    /// <summary>It has ended: its id may soon be another's.</summary>
    public static void Forget(int id) => Say('-', id);

    private static void Say(char verb, int id)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        lock (_lock)
        {
            try
            {
                _shell ??= Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script]) { RedirectStandardInput = true, UseShellExecute = false })!;
                _shell.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verb} {id}"));
                _shell.StandardInput.Flush();
            }
            catch (Exception fault) when (fault is IOException or System.ComponentModel.Win32Exception)
            {
                Console.Error.WriteLine($"paxi-bench: if it is killed, its processes stay: /bin/sh: {fault.Message.ReplaceLineEndings(" ")}");
            }
        }
    }
}
