package dev.troupe.coordinator.simulation;

import dev.troupe.proto.error.Category;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A rank's one thread: does what is ordered in that order. After a failure nothing more is done but
 * the last order.
 */
final class Runner {
  /** Why something could not be done. */
  record Fault(Category category, String message, boolean consequence) {
    static Fault aborted(String why) {
      return new Fault(Category.PEER, why, true);
    }
  }

  /** Something that takes time; tells one of the two when it ends, if it ends. */
  interface Work {
    void begin(Runnable done, Consumer<Fault> failed);
  }

  private record Task(Work work, boolean last, Consumer<Fault> failed) {}

  private final Deque<Task> queue = new ArrayDeque<>();
  private boolean busy;
  private @Nullable Fault fault;

  void order(Work work, Consumer<Fault> failed) {
    queue.add(new Task(work, false, failed));
    next();
  }

  /** Done whatever failed or was cancelled before. */
  void orderLast(Work work) {
    queue.add(new Task(work, true, failure -> {}));
    next();
  }

  /** What has not begun fails. */
  void cancel(String why) {
    if (fault == null) {
      fault = Fault.aborted(why);
    }
  }

  private void next() {
    while (!busy && !queue.isEmpty()) {
      Task task = queue.removeFirst();
      Fault refusal = fault;
      if (refusal != null && !task.last()) {
        task.failed().accept(refusal);
        continue;
      }
      busy = true;
      task.work().begin(this::ended, failure -> failed(task, failure));
    }
  }

  private void ended() {
    busy = false;
    next();
  }

  private void failed(Task task, Fault failure) {
    if (fault == null) {
      fault = failure;
    }
    task.failed().accept(failure);
    ended();
  }
}
