package dev.troupe.collectives.comm.local;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.call.MeetingCommunicator;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.ProcessGroup;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The communicators of ranks that are threads of this process. One instance is shared by all of
 * them; the ends of a group meet by epoch and group name.
 *
 * <p>An epoch that was aborted stays aborted: an end that is opened late fails at its first
 * collective.
 */
public final class LocalCommunicators implements Communicators {
  private final Map<Meeting, LocalGroup> groups = new HashMap<>();
  private final Map<Long, String> aborted = new HashMap<>();

  /** Creates an empty meeting place. */
  public LocalCommunicators() {}

  private record Meeting(long epoch, String group) {}

  /** Without effect: all ranks are here. */
  @Override
  public void place(long epoch, Placement placement) {}

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException when the rank has opened the group before in this epoch, or
   *     another rank knows the group by other members
   */
  @Override
  public synchronized Communicator open(long epoch, ProcessGroup group, int rank) {
    int index = group.indexOf(rank);
    Meeting meeting = new Meeting(epoch, group.name());
    LocalGroup local = join(meeting, group);
    local.open(index);
    return new MeetingCommunicator(
        new LocalMeeting(local, index, () -> leave(meeting, local, index)));
  }

  @Override
  public synchronized void abort(long epoch, String reason) {
    aborted.putIfAbsent(epoch, reason);
    groups
        .entrySet()
        .removeIf(
            entry -> {
              boolean ofEpoch = entry.getKey().epoch() == epoch;
              if (ofEpoch) {
                entry.getValue().abort(reason);
              }
              return ofEpoch;
            });
  }

  private LocalGroup join(Meeting meeting, ProcessGroup group) {
    @Nullable String reason = aborted.get(meeting.epoch());
    if (reason != null) {
      LocalGroup ended = new LocalGroup(group);
      ended.abort(reason);
      return ended;
    }
    LocalGroup local = groups.computeIfAbsent(meeting, unused -> new LocalGroup(group));
    if (!local.group().equals(group)) {
      throw new IllegalStateException(
          "ranks disagree about group %s of epoch %d: %s and %s"
              .formatted(group.name(), meeting.epoch(), local.group().ranks(), group.ranks()));
    }
    return local;
  }

  private synchronized void leave(Meeting meeting, LocalGroup local, int index) {
    if (local.close(index)) {
      groups.remove(meeting, local);
    }
  }
}
