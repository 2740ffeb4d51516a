using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;
using Akka.Remote.Transport;
using Google.Protobuf;
using Paxi.Actors.Scheduling;

namespace Paxi.Actors.Remoting;

/// <summary>
/// A connection of <see cref="SocketTransport"/>. Frames are written by whoever has one, unless another thread is at it: then that one takes them along. What is read in one go is handed on
/// in one turn of the thread. It ends once, for whatever reason, and its listener is told.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "An operation may still end when the socket is closed; after that the arguments hold nothing but memory.")]
internal sealed class SocketConnection : AssociationHandle
{
    /// <summary>Bytes that may wait to be sent, beside one frame; past it Akka keeps what it has and tries again.</summary>
    public const int MaxWaitingBytes = 16 << 20;

    /// <summary>Reads in a row that find something at once, before other connections of the thread have their turn.</summary>
    private const int LongestRun = 16;

    /// <summary>How long an end that was asked for waits until everything is sent.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _socket;
    private readonly Action<SocketConnection> _closed;
    private readonly IAdvancedScheduler _scheduler;
    private readonly ILoggingAdapter _log;
    private readonly SocketAsyncEventArgs _receiving = new(unsafeSuppressExecutionContextFlow: true);
    private readonly SocketAsyncEventArgs _sending = new(unsafeSuppressExecutionContextFlow: true);
    private readonly FrameReader _frames;
    private readonly Reading _reading;

    private readonly object _gate = new();
    private FrameBuffer _waiting = new();
    private FrameBuffer _leaving = new();
    private bool _isSending;
    private bool _isEnding;
    private bool _isClosed;
    private IHandleEventListener? _listener;

    /// <param name="socket">Connected; closed with the connection.</param>
    /// <param name="closed">Called once, at the end.</param>
    public SocketConnection(
        Socket socket, int maxFrameBytes, Address local, Address remote, Action<SocketConnection> closed, IAdvancedScheduler scheduler, ILoggingAdapter log)
        : base(local, remote)
    {
        (_socket, _closed, _scheduler, _log) = (socket, closed, scheduler, log);
        _frames = new FrameReader(maxFrameBytes);
        _reading = new Reading(this);
        _receiving.Completed += (_, _) => GoOnReceiving();
        _sending.Completed += (_, _) => GoOnSending();
        _ = ReadHandlerSource.Task.ContinueWith(
            task => Listen(task.Result), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }

    /// <returns>False when it is closed, or too much waits.</returns>
    public override bool Write(ByteString payload)
    {
        lock (_gate)
        {
            if (_isEnding || _waiting.Length >= MaxWaitingBytes)
            {
                return false;
            }

            _waiting.Add(payload);
            if (_isSending)
            {
                return true;
            }

            _isSending = true;
        }

        Send();
        return true;
    }

    /// <summary>Ends it when everything is sent.</summary>
    [Obsolete("As the base says; Akka still calls it.")]
    public override void Disassociate()
    {
        lock (_gate)
        {
            if (_isEnding)
            {
                return;
            }

            _isEnding = true;
            if (_isSending)
            {
                _scheduler.ScheduleOnce(Patience, () => Close(DisassociateInfo.Unknown));
                return;
            }
        }

        Close(DisassociateInfo.Unknown);
    }

    /// <summary>Ends it now.</summary>
    public void Close(DisassociateInfo reason)
    {
        IHandleEventListener? listener;
        lock (_gate)
        {
            if (_isClosed)
            {
                return;
            }

            (_isEnding, _isClosed, listener) = (true, true, _listener);
        }

        _closed(this);
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // The peer was first.
        }

        _socket.Dispose();
        listener?.Notify(new Disassociated(reason));
    }

    private static DisassociateInfo Reason(SocketError error) =>
        error is SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.OperationAborted ? DisassociateInfo.Shutdown : DisassociateInfo.Unknown;

    // Reading.

    private void Listen(IHandleEventListener listener)
    {
        bool isClosed;
        lock (_gate)
        {
            (_listener, isClosed) = (listener, _isClosed);
        }

        if (isClosed)
        {
            listener.Notify(new Disassociated(DisassociateInfo.Unknown));
        }
        else
        {
            Receive();
        }
    }

    private void Receive()
    {
        try
        {
            for (var run = 0; run < LongestRun; run++)
            {
                _receiving.SetBuffer(_frames.Room());
                if (_socket.ReceiveAsync(_receiving) || !Take())
                {
                    return;
                }
            }

            ThreadPool.UnsafeQueueUserWorkItem(static connection => connection.Receive(), this, preferLocal: false);
        }
        catch (ObjectDisposedException)
        {
            // Closed by this side.
        }
    }

    private void GoOnReceiving()
    {
        if (Take())
        {
            Receive();
        }
    }

    /// <summary>What the last read brought; false at the end.</summary>
    private bool Take()
    {
        if (_receiving.SocketError != SocketError.Success || _receiving.BytesTransferred == 0)
        {
            Close(Reason(_receiving.SocketError));
            return false;
        }

        if (!_frames.TryTake(_receiving.BytesTransferred))
        {
            _log.Warning("refused what {0} sent to the port of Akka.Remote, which is no frame; the connection is closed", RemoteAddress.Host);
            Close(DisassociateInfo.Unknown);
            return false;
        }

        if (_frames.HasFrame)
        {
            ThreadTurn.Run(_reading);
        }

        return true;
    }

    // Writing.

    /// <summary>Sends what waits until nothing does, or the kernel has enough. One thread at a time is here, the one that has set <see cref="_isSending"/>.</summary>
    private void Send()
    {
        try
        {
            while (TakeWaiting())
            {
                _sending.SetBuffer(_leaving.Written);
                if (_socket.SendAsync(_sending) || !IsSent())
                {
                    return;
                }
            }
        }
        catch (ObjectDisposedException)
        {
            // Closed by this side.
        }
    }

    private bool TakeWaiting()
    {
        lock (_gate)
        {
            _leaving.Clear();
            if (_waiting.Length > 0 && !_isClosed)
            {
                (_waiting, _leaving) = (_leaving, _waiting);
                return true;
            }

            _isSending = false;
            if (!_isEnding)
            {
                return false;
            }
        }

        Close(DisassociateInfo.Unknown);
        return false;
    }

    private bool IsSent()
    {
        if (_sending.SocketError == SocketError.Success)
        {
            return true;
        }

        Close(Reason(_sending.SocketError));
        return false;
    }

    private void GoOnSending()
    {
        if (IsSent())
        {
            Send();
        }
    }

    /// <summary>Hands on what was read; what that causes comes behind all of it.</summary>
    private sealed class Reading(SocketConnection connection) : IRunnable
    {
        public void Run()
        {
            while (connection._frames.Next() is { } frame)
            {
                connection._listener!.Notify(new InboundPayload(frame));
            }
        }

        public void Execute() => Run();
    }
}
