package dev.troupe.proto.config;

import dev.troupe.proto.error.TroupeException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes in words for people. */
public final class ByteSize {
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private static final Pattern WRITTEN =
      Pattern.compile("([0-9]{1,12})\\s*([KMGT])?(i)?B?", Pattern.CASE_INSENSITIVE);

  private ByteSize() {}

  /**
   * Bytes as people write them: {@code 5GB} (powers of 1000), {@code 512MiB} (powers of 1024),
   * {@code 4096}.
   *
   * @param option what was given, for errors
   * @throws TroupeException (usage) for anything else, and for 0
   */
  public static long parse(String option, String text) {
    Matcher written = WRITTEN.matcher(text.strip());
    if (written.matches()) {
      String unit = written.group(2);
      int power = unit == null ? 0 : "KMGT".indexOf(unit.toUpperCase(Locale.ROOT)) + 1;
      double bytes =
          Long.parseLong(written.group(1))
              * Math.pow(written.group(3) == null ? 1000 : 1024, power);
      if (bytes >= 1 && bytes < Long.MAX_VALUE) {
        return (long) bytes;
      }
    }
    throw TroupeException.usage(
        "%s = %s is not a size; give e.g. 5GB, 512MiB or a number of bytes"
            .formatted(option, text));
  }

  /** Bytes in binary units, e.g. {@code 1.5 GiB}. */
  public static String text(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
  }
}
