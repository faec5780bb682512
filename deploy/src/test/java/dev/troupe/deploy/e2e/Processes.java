package dev.troupe.deploy.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The processes of a run, as the system shows them. */
final class Processes {
  private Processes() {}

  /** All processes that a process started, and those that they started. */
  static List<ProcessHandle> below(ProcessHandle parent) {
    return parent.descendants().toList();
  }

  /** Those whose command line has this class. */
  static List<ProcessHandle> of(List<ProcessHandle> processes, String main) {
    return processes.stream().filter(each -> command(each).contains(main)).toList();
  }

  /** The one whose command line has this class and this argument. */
  static ProcessHandle one(List<ProcessHandle> processes, String main, String argument) {
    List<ProcessHandle> found =
        of(processes, main).stream().filter(each -> command(each).contains(argument)).toList();
    if (found.size() != 1) {
      throw new AssertionError(main + " " + argument + " is there " + found.size() + " times");
    }
    return found.getFirst();
  }

  /** Waits until all of them are gone. */
  static void awaitEnd(List<ProcessHandle> processes, Duration limit) throws InterruptedException {
    CompletableFuture<?>[] ends =
        processes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(ends).get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      List<String> left =
          processes.stream().filter(ProcessHandle::isAlive).map(Processes::command).toList();
      throw new AssertionError("left after " + limit + ": " + left);
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /** Processes of ours that were started from a folder and still run. */
  static List<String> left(Path folder) {
    return ProcessHandle.allProcesses()
        .filter(each -> command(each).contains("dev.troupe.deploy"))
        .filter(each -> workingFolder(each).equals(folder.toString()))
        .map(Processes::command)
        .toList();
  }

  private static String workingFolder(ProcessHandle process) {
    try {
      return Path.of("/proc", Long.toString(process.pid()), "cwd").toRealPath().toString();
    } catch (IOException gone) {
      return "";
    }
  }

  /** The system cuts long ones off, but not what the file has. */
  private static String command(ProcessHandle process) {
    try {
      Path file = Path.of("/proc", Long.toString(process.pid()), "cmdline");
      return Files.readString(file).replace('\0', ' ');
    } catch (IOException gone) {
      return process.info().commandLine().orElse("");
    }
  }
}
