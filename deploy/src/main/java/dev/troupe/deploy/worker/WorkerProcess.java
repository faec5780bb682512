package dev.troupe.deploy.worker;

import dev.troupe.collectives.comm.nccl.NcclEnvironment;
import dev.troupe.deploy.backend.GpuSettings;
import dev.troupe.deploy.process.JavaCommand;
import dev.troupe.deploy.process.ProcessEnd;
import dev.troupe.proto.codec.WorkerFrame;
import dev.troupe.proto.codec.WorkerFrames;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.RankReport;
import dev.troupe.proto.message.WorkerCommand;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A worker process as its agent sees it: starts it, passes messages on, and tells how it ended.
 * Thread-safe.
 */
final class WorkerProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerProcess.class);
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final long LAST_BREATH_SECONDS = 5;

  private final WorkerSettings settings;
  private final Process process;
  private final Path output;
  private final ServerSocketChannel listener;
  private final WorkerFrames frames = WorkerFrames.ofAgent();
  private final CompletableFuture<WorkerFrame.Hello> hello = new CompletableFuture<>();
  private final CompletableFuture<FrameChannel> channel = new CompletableFuture<>();
  private final CompletableFuture<String> ended = new CompletableFuture<>();
  private final Map<Integer, Consumer<RankReport>> ranks = new ConcurrentHashMap<>();
  private final Duration silence;
  private final long startedAt = System.nanoTime();
  private volatile @Nullable Pulse pulse;
  private volatile @Nullable String killed;
  private volatile boolean closing;

  private WorkerProcess(
      WorkerSettings settings,
      Process process,
      Path output,
      ServerSocketChannel listener,
      Duration silence) {
    this.settings = settings;
    this.process = process;
    this.output = output;
    this.listener = listener;
    this.silence = silence;
  }

  /**
   * Starts the process; returns at once.
   *
   * @param flags flags of its JVM besides this one's own
   * @param folder private folder for its socket and its output
   * @param silence how long it may be without an answer before {@link #check} ends it
   */
  static WorkerProcess start(
      WorkerSettings settings, List<String> flags, Path folder, Duration silence) {
    Path output = folder.resolve(settings.process() + ".out");
    try {
      ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener.bind(UnixDomainSocketAddress.of(settings.socket()));
      ProcessBuilder builder =
          new ProcessBuilder(JavaCommand.of(WorkerMain.class, flags, settings.toArguments()))
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      settings
          .gpus()
          .filter(GpuSettings::shared)
          .ifPresent(
              gpus ->
                  builder
                      .environment()
                      .putAll(NcclEnvironment.sharedGpu(gpus.offset() + gpus.firstDevice())));
      Process process = builder.start();
      process.getOutputStream().close();
      WorkerProcess worker = new WorkerProcess(settings, process, output, listener, silence);
      Thread.ofPlatform().daemon().name(settings.process() + "-link").start(worker::serve);
      CompletableFuture<Void> unused =
          process
              .onExit()
              .thenAccept(gone -> closeQuietly(listener)); // a process that never called
      return worker;
    } catch (IOException e) {
      throw TroupeException.resource(
          "worker process %s cannot be started: %s".formatted(settings.process(), e.getMessage()));
    }
  }

  /** On the link's thread: from the call to the end of the process. */
  private void serve() {
    try (listener;
        FrameChannel link = new FrameChannel(listener.accept())) {
      Files.deleteIfExists(settings.socket());
      byte[] frame;
      while ((frame = link.receive()) != null) {
        switch (frames.read(frame)) {
          case WorkerFrame.Hello first -> {
            pulse = new Pulse(silence, System.nanoTime());
            channel.complete(link);
            hello.complete(first);
          }
          case WorkerFrame.Letter letter -> deliver(letter);
          case WorkerFrame.Pong pong -> answered();
          case WorkerFrame.Ping ping -> {}
        }
      }
    } catch (IOException | RuntimeException e) {
      if (!closing && killed == null) {
        LOG.info("the link to worker process {} broke: {}", settings.process(), e.toString());
      }
    }
    finish();
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

  /** Asks the process for a sign of life, and ends one that gave none in time. */
  void check() {
    long now = System.nanoTime();
    Pulse own = pulse;
    if (ended.isDone()) {
      return;
    }
    if (own == null) {
      if (now - startedAt > START_LIMIT.toNanos()) {
        kill("it was not ready within %d s".formatted(START_LIMIT.toSeconds()));
      }
      return;
    }
    switch (own.check(now)) {
      case WAIT -> {}
      case ASK -> send(new WorkerFrame.Ping());
      case GIVE_UP ->
          kill("no sign of life for %.1f s (elastic.node-timeout)".formatted(seconds(silence)));
    }
  }

  private static double seconds(Duration duration) {
    return duration.toMillis() / 1e3;
  }

  /** The link is gone: the process is, or will be; nobody can reach it any more. */
  private void finish() {
    String text;
    Category category = Category.PEER;
    try {
      boolean gone = process.waitFor(LAST_BREATH_SECONDS, TimeUnit.SECONDS);
      if (!gone) {
        process.destroyForcibly();
      }
      if (gone) {
        category = Category.ofExitCode(process.exitValue()).orElse(Category.PEER);
      }
      text = gone ? end(process.exitValue()) : "closed its link without ending, and was ended";
    } catch (InterruptedException e) {
      text = "was left while it ended";
    }
    String words = "worker process %s (pid %d) %s".formatted(process(), process.pid(), text);
    TroupeException failure = new TroupeException(category, words);
    hello.completeExceptionally(failure);
    channel.completeExceptionally(failure);
    ended.complete(words);
    deleteQuietly(settings.socket()); // of a process that never called
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      LOG.debug("deleting", e);
    }
  }

  private String end(int exitCode) {
    String why = killed;
    return why == null
        ? ProcessEnd.words(exitCode) + ProcessEnd.lastWords(output)
        : "was ended: " + why;
  }

  /**
   * Waits until the process is ready.
   *
   * @throws TroupeException where it ends before, of the category that it ended with, or takes too
   *     long
   */
  WorkerFrame.Hello await() {
    try {
      return hello.get(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof TroupeException known ? known : new IllegalStateException(e);
    } catch (TimeoutException e) {
      close();
      throw TroupeException.peer(
          "worker process %s was not ready within %d s%s"
              .formatted(process(), START_LIMIT.toSeconds(), ProcessEnd.lastWords(output)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** What it said when it was ready; empty where it is not yet, or is gone. */
  Optional<WorkerFrame.Hello> ready() {
    return hello.isDone() && !hello.isCompletedExceptionally() && !ended.isDone()
        ? Optional.of(hello.join())
        : Optional.empty();
  }

  /** Its name, which no process before it had. */
  String process() {
    return settings.process();
  }

  long pid() {
    return process.pid();
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
    if (!channel.isDone() || channel.isCompletedExceptionally()) {
      return; // its end is told by onEnd
    }
    try {
      channel.join().send(frames.write(frame));
    } catch (IOException e) {
      LOG.info("worker process {} is not reached any more: {}", process(), e.toString());
    }
  }

  /** Ends the process by force, at once. */
  void kill(String why) {
    killed = why;
    process.destroyForcibly();
  }

  /** Completes when the process is gone, with a sentence that says how. */
  CompletionStage<String> onEnd() {
    return ended.minimalCompletionStage();
  }

  /** Lets the process end: it does when its link closes. Ends it by force where it does not. */
  @Override
  public void close() {
    closing = true;
    if (channel.isDone() && !channel.isCompletedExceptionally()) {
      closeQuietly(channel.join());
    }
    closeQuietly(listener);
    try {
      if (!process.waitFor(LAST_BREATH_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      LOG.debug("closing", e);
    }
  }
}
