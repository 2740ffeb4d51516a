using System.Diagnostics;
using System.Globalization;

namespace Paxi.Bench.Processes;

/// <summary>
/// Ends our processes and removes our temporary directories also when this one is killed and can end nothing itself (SIGKILL, out of memory): a small shell has their ids
/// and paths, and reads from a pipe whose other end only this process holds. At the end of that file it kills and removes what is left. On Windows there is none.
/// </summary>
internal static class Orphans
{
    private const string Script = """
        trap '' INT TERM HUP
        exec >/dev/null 2>&1
        left=' '
        places='
        '
        while read -r verb what; do
          case $verb in
            +) left="$left$what ";;
            -) case $left in *" $what "*) left="${left%% $what *} ${left#* $what }";; esac;;
            d) places="$places$what
        ";;
          esac
        done
        for id in $left; do kill -9 "$id"; done
        set -f
        IFS='
        '
        for place in $places; do
          # Whoever was killed may be at its last write.
          for attempt in 1 2 3 4 5; do
            rm -rf "$place" && break
            sleep 0.2
          done
        done
        """;

    private static readonly Lock _lock = new();
    private static Process? _shell;

    /// <summary>From now on it ends with us.</summary>
    public static void Watch(int id) => Say('+', Text(id));

    /// <summary>It has ended: its id may soon be another's.</summary>
    public static void Forget(int id) => Say('-', Text(id));

    /// <summary>From now on it is gone when we are.</summary>
    /// <param name="directory">Absolute, and nobody else's.</param>
    public static void Remove(string directory) => Say('d', directory);

    private static string Text(int id) => id.ToString(CultureInfo.InvariantCulture);

    private static void Say(char verb, string what)
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
                _shell.StandardInput.WriteLine($"{verb} {what}");
                _shell.StandardInput.Flush();
            }
            catch (Exception fault) when (fault is IOException or System.ComponentModel.Win32Exception)
            {
                Console.Error.WriteLine($"paxi-bench: if it is killed, its processes stay: /bin/sh: {fault.Message.ReplaceLineEndings(" ")}");
            }
        }
    }
}
