package dev.troupe.collectives.comm.link;

import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a process knows of one mesh epoch. Guarded by its {@link LinkCommunicators}. */
final class Epoch {
  private final Map<End, LinkCommunicator> open = new HashMap<>();
  private @Nullable Placement placement;
  private @Nullable String abortReason;

  /** One rank's end of a group. */
  record End(ProcessGroup group, int index) {}

  void place(Placement known) {
    if (placement == null) {
      placement = known;
    }
  }

  Placement placement() {
    if (placement == null) {
      throw new IllegalStateException("a group was opened before its epoch was placed");
    }
    return placement;
  }

  @Nullable String abortReason() {
    return abortReason;
  }

  void open(End end, LinkCommunicator communicator) {
    for (End other : open.keySet()) {
      if (other.group.name().equals(end.group.name())) {
        if (!other.group.equals(end.group)) {
          throw new IllegalStateException(
              "ranks disagree about group %s: %s and %s"
                  .formatted(end.group.name(), other.group.ranks(), end.group.ranks()));
        }
        if (other.index == end.index) {
          throw new IllegalStateException(
              "rank %d of group %s was opened before".formatted(end.index, end.group.name()));
        }
      }
    }
    open.put(end, communicator);
  }

  void close(End end) {
    open.remove(end);
  }

  /** Remembers the first reason; the ends that are now to be aborted. */
  List<LinkCommunicator> abort(String reason) {
    if (abortReason == null) {
      abortReason = reason;
    }
    return List.copyOf(open.values());
  }

  boolean isUnused() {
    return open.isEmpty();
  }

  /** The slot that a hello asks for, claimed; null while it is not there. */
  @Nullable LinkSlot meet(Hello hello) throws RefusedException {
    if (placement == null) {
      return null;
    }
    if (!hello.shows(placement.token())) {
      throw new RefusedException(Answer.WRONG_TOKEN);
    }
    if (abortReason != null) {
      throw new RefusedException(Answer.EPOCH_ENDED);
    }
    for (Map.Entry<End, LinkCommunicator> entry : open.entrySet()) {
      End end = entry.getKey();
      if (end.group.name().equals(hello.group()) && end.index == hello.to()) {
        if (end.group.ranks().hashCode() != hello.members()) {
          throw new RefusedException(Answer.OTHER_MEMBERS);
        }
        LinkSlot slot = entry.getValue().slot(hello.from());
        return slot.claim() ? slot : null;
      }
    }
    return null;
  }
}
