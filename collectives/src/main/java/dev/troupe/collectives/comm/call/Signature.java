package dev.troupe.collectives.comm.call;

import dev.troupe.collectives.device.DataType;
import java.util.Locale;

/**
 * What all ranks must agree on for a collective to make sense.
 *
 * @param kind which collective, with its reduction
 * @param count elements of this rank's {@code send} (or in-place) view
 * @param argument root or contributors; 0 where there is none
 */
public record Signature(Kind kind, DataType type, long count, int argument) {

  /** The collectives. */
  public enum Kind {
    ALL_REDUCE_SUM,
    ALL_REDUCE_MAX,
    ALL_REDUCE_MIN,
    REDUCE_SCATTER,
    REDUCE_SCATTER_ADD,
    ALL_GATHER,
    BROADCAST,
    ALL_TO_ALL,
    BARRIER
  }

  @Override
  public String toString() {
    String name = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    return switch (kind) {
      case BARRIER -> name;
      case BROADCAST -> name + " of " + count + " x " + type + " from rank " + argument;
      case REDUCE_SCATTER_ADD ->
          name + " of " + count + " x " + type + " from " + argument + " contributors";
      case ALL_REDUCE_SUM, ALL_REDUCE_MAX, ALL_REDUCE_MIN, REDUCE_SCATTER, ALL_GATHER, ALL_TO_ALL ->
          name + " of " + count + " x " + type;
    };
  }
}
