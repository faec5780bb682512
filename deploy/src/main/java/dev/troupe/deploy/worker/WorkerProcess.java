package dev.troupe.deploy.worker;

import dev.troupe.collectives.comm.nccl.NcclEnvironment;
import dev.troupe.deploy.backend.GpuSettings;
import dev.troupe.deploy.process.ChildProcess;
import dev.troupe.deploy.process.JavaCommand;
import dev.troupe.deploy.process.ProcessEnd;
import dev.troupe.proto.codec.WorkerFrame;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A worker process as its agent sees it: starts it, and tells how it ended. Thread-safe. */
final class WorkerProcess implements ChildProcess {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final long LAST_BREATH_SECONDS = 5;

  private final WorkerSettings settings;
  private final Process process;
  private final Path output;
  private final WorkerLink link;
  private final CompletableFuture<ChildProcess.End> ended = new CompletableFuture<>();
  private final long startedAt = System.nanoTime();
  private volatile @Nullable String killed;

  private WorkerProcess(WorkerSettings settings, Process process, Path output, WorkerLink link) {
    this.settings = settings;
    this.process = process;
    this.output = output;
    this.link = link;
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
      WorkerLink link = new WorkerLink(settings.socket(), silence);
      ProcessBuilder builder =
          new ProcessBuilder(
                  LowPriority.of(JavaCommand.of(WorkerMain.class, flags, settings.toArguments())))
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
      WorkerProcess worker = new WorkerProcess(settings, process, output, link);
      Thread.ofPlatform().daemon().name(settings.process() + "-link").start(worker::serve);
      CompletableFuture<Void> unused =
          process.onExit().thenAccept(gone -> link.stopListening()); // one that never called
      return worker;
    } catch (IOException e) {
      throw TroupeException.resource(
          "worker process %s cannot be started: %s".formatted(settings.process(), e.getMessage()));
    }
  }

  /** On the link's thread. When the link is gone, the process is, or will be. */
  private void serve() {
    link.serve();
    int exitCode = Category.PEER.exitCode();
    String text;
    try {
      boolean gone = process.waitFor(LAST_BREATH_SECONDS, TimeUnit.SECONDS);
      if (!gone) {
        process.destroyForcibly();
      }
      exitCode = gone ? process.exitValue() : exitCode;
      text = gone ? words(exitCode) : "closed its link without ending, and was ended";
    } catch (InterruptedException e) {
      text = "was left while it ended";
    }
    String words = label() + " " + text;
    Category category = Category.ofExitCode(exitCode).orElse(Category.PEER);
    link.hello().completeExceptionally(new TroupeException(category, words));
    ended.complete(new ChildProcess.End(exitCode, words));
  }

  private String words(int exitCode) {
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
      return link.hello().get(START_LIMIT.toSeconds(), TimeUnit.SECONDS);
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

  /** Ends a process that hangs: one that is not ready in time, or gives no sign of life. */
  void check() {
    long now = System.nanoTime();
    if (ended.isDone()) {
      return;
    }
    if (!link.check(now)) {
      kill("no sign of life within elastic.node-timeout");
    } else if (!link.hello().isDone() && now - startedAt > START_LIMIT.toNanos()) {
      kill("it was not ready within %d s".formatted(START_LIMIT.toSeconds()));
    }
  }

  /** Its name, which no process before it had. */
  String process() {
    return settings.process();
  }

  @Override
  public String label() {
    return "worker process %s (pid %d)".formatted(process(), process.pid());
  }

  long pid() {
    return process.pid();
  }

  /** The way to its ranks. */
  WorkerLink link() {
    return link;
  }

  /** Ends the process by force, at once. */
  void kill(String why) {
    killed = why;
    process.destroyForcibly();
  }

  @Override
  public CompletionStage<ChildProcess.End> onEnd() {
    return ended.minimalCompletionStage();
  }

  /** Lets the process end: it does when its link closes. Ends it by force where it does not. */
  @Override
  public void close() {
    link.close();
    try {
      if (!process.waitFor(LAST_BREATH_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
