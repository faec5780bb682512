package dev.troupe.deploy.worker;

import dev.troupe.proto.codec.WorkerFrame;
import dev.troupe.proto.codec.WorkerFrames;
import dev.troupe.proto.message.RankReport;
import dev.troupe.proto.message.WorkerCommand;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's end of the socket to one worker process: waits for its call, passes messages on, and
 * takes its pulse. Thread-safe.
 */
final class WorkerLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerLink.class);

  private final Path socket;
  private final Duration silence;
  private final ServerSocketChannel listener;
  private final WorkerFrames frames = WorkerFrames.ofAgent();
  private final CompletableFuture<WorkerFrame.Hello> hello = new CompletableFuture<>();
  private final Map<Integer, Consumer<RankReport>> ranks = new ConcurrentHashMap<>();
  private volatile @Nullable FrameChannel channel;
  private volatile @Nullable Pulse pulse;
  private volatile boolean closing;

  /**
   * Listens for the process's call.
   *
   * @param socket file to listen at
   * @param silence how long the process may be without an answer
   */
  WorkerLink(Path socket, Duration silence) throws IOException {
    this.socket = socket;
    this.silence = silence;
    this.listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
  }

  /** Serves from the call to the end of the link. */
  void serve() {
    try (listener;
        FrameChannel link = new FrameChannel(listener.accept())) {
      byte[] frame;
      while ((frame = link.receive()) != null) {
        switch (frames.read(frame)) {
          case WorkerFrame.Hello first -> {
            pulse = new Pulse(silence, System.nanoTime());
            channel = link;
            hello.complete(first);
          }
          case WorkerFrame.Letter letter -> deliver(letter);
          case WorkerFrame.Pong pong -> answered();
          case WorkerFrame.Ping ping -> {}
        }
      }
    } catch (IOException | RuntimeException e) {
      if (!closing && hello.isDone()) {
        LOG.info("the link at {} broke: {}", socket.getFileName(), e.toString());
      }
    } finally {
      channel = null;
      deleteSocket();
    }
  }

  private void deliver(WorkerFrame.Letter letter) {
    Consumer<RankReport> receiver = ranks.get(letter.rank());
    if (receiver != null && letter.message() instanceof RankReport report) {
      receiver.accept(report);
    }
  }

  private void answered() {
    Pulse own = pulse;
    if (own != null) {
      own.answered();
    }
  }

  private void deleteSocket() {
    try {
      Files.deleteIfExists(socket);
    } catch (IOException e) {
      LOG.debug("deleting", e);
    }
  }

  /** Completes with the process's first word, when it is ready. */
  CompletableFuture<WorkerFrame.Hello> hello() {
    return hello;
  }

  /** What the process said when it was ready; empty where it is not yet, or is gone. */
  Optional<WorkerFrame.Hello> ready() {
    return channel == null ? Optional.empty() : Optional.ofNullable(hello.getNow(null));
  }

  /** Asks for a sign of life where none is awaited; false where one is overdue. */
  boolean check(long now) {
    Pulse own = pulse;
    Pulse.Next next = own == null ? Pulse.Next.WAIT : own.check(now);
    if (next == Pulse.Next.ASK) {
      send(new WorkerFrame.Ping());
    }
    return next != Pulse.Next.GIVE_UP;
  }

  /** What the process reports of a rank goes to {@code receiver}, on the link's thread. */
  void attach(int rank, Consumer<RankReport> receiver) {
    ranks.put(rank, receiver);
  }

  /** Undoes {@link #attach}, where it is still this receiver. */
  void detach(int rank, Consumer<RankReport> receiver) {
    ranks.remove(rank, receiver);
  }

  /** Sends a message to a rank's actor; without effect where the process is gone. */
  void send(int rank, WorkerCommand command) {
    send(new WorkerFrame.Letter(rank, command));
  }

  private void send(WorkerFrame frame) {
    FrameChannel open = channel;
    if (open == null) {
      return; // its end is told by its process
    }
    try {
      open.send(frames.write(frame));
    } catch (IOException e) {
      LOG.info("the process at {} is not reached any more: {}", socket.getFileName(), e.toString());
    }
  }

  /** Waits for no call any more: what the process has sent is still delivered. */
  void stopListening() {
    try {
      listener.close();
    } catch (IOException e) {
      LOG.debug("closing", e);
    }
  }

  /** Closes the link; the process then ends. */
  @Override
  public void close() {
    closing = true;
    stopListening();
    FrameChannel open = channel;
    if (open == null) {
      return;
    }
    try {
      open.close();
    } catch (IOException e) {
      LOG.debug("closing", e);
    }
  }
}
