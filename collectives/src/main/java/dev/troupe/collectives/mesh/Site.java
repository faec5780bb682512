package dev.troupe.collectives.mesh;

import java.util.List;
import java.util.regex.Pattern;

/**
 * A process that holds ranks.
 *
 * @param host names the machine, as far as shared memory goes: processes with equal hosts see the
 *     same shared memory
 * @param process names the process; unique in a cluster; letters, digits and dashes, so that it may
 *     name a file
 * @param endpoint address of its data plane, {@code transport://host:port}; empty where it has none
 * @param ranks mesh ranks that it holds
 */
public record Site(String host, String process, String endpoint, List<Integer> ranks) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,63}");

  /** Copies the list and checks the names. */
  public Site {
    ranks = List.copyOf(ranks);
    if (!isName(host) || !isName(process)) {
      throw new IllegalArgumentException(
          "host and process must be of letters, digits and dashes, at most 64: '%s', '%s'"
              .formatted(host, process));
    }
    if (ranks.isEmpty()) {
      throw new IllegalArgumentException("process " + process + " holds no rank");
    }
  }

  /** Whether a text may name a host or a process, and so a file. */
  public static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }
}
