package dev.troupe.deploy.chaos.plan;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong.
 *
 * @param kind the kind
 * @param amount seconds of a pause or a cut, factor of a slowness, else 0
 * @param steps steps that a slowness lasts, else 0
 */
public record Action(Kind kind, double amount, int steps) {
  private static final Pattern SHAPE =
      Pattern.compile(
          "(?<kind>[a-z0-9-]+)(?:\\s+(?<amount>[0-9.]+)\\s*(?<unit>s|ms|x))?(?:\\s+(?<steps>[0-9]+)\\s+steps)?");
  private static final int SLOW_STEPS = 30;

  /** Kinds of faults, in the words of a plan. */
  public enum Kind {
    /** SIGKILL. */
    KILL9("kill9"),
    /** SIGSTOP, and SIGCONT some seconds later. */
    SIGSTOP("sigstop 10 s"),
    /** Computing takes so many times as long for some steps. */
    SLOW("slow 2x 30 steps"),
    /** A gradient is not a number. */
    NAN("nan"),
    /** A bit of a rank's parameters flips. */
    BITFLIP("bitflip"),
    /** A byte of the newest checkpoint flips. */
    CORRUPT("corrupt"),
    /** The disk is full at a checkpoint's operation. */
    ENOSPC("enospc"),
    /** The process ends at a checkpoint's operation. */
    CRASH("crash"),
    /** Nodes do not reach each other. */
    CUT("cut 10 s"),
    /** SIGKILL of the process that coordinates. */
    KILL_COORDINATOR("kill-coordinator");

    private final String example;

    Kind(String example) {
      this.example = example;
    }

    /** As it stands in a plan, without numbers. */
    public String written() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** As it stands in a plan, with numbers. */
    public String example() {
      return example;
    }
  }

  /** The action that a text describes; empty where it describes none. */
  static Optional<Action> parse(String text) {
    Matcher matcher = SHAPE.matcher(text.strip());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String unit = matcher.group("unit");
    String steps = matcher.group("steps");
    return Arrays.stream(Kind.values())
        .filter(each -> each.written().equals(matcher.group("kind")))
        .filter(each -> fits(each, unit, steps))
        .findFirst()
        .map(kind -> of(kind, number(matcher.group("amount"), unit), steps));
  }

  private static boolean fits(Kind kind, @Nullable String unit, @Nullable String steps) {
    boolean seconds = unit != null && !unit.equals("x");
    return switch (kind) {
      case SLOW -> "x".equals(unit);
      case SIGSTOP -> seconds && steps == null;
      case CUT -> (unit == null || seconds) && steps == null;
      default -> unit == null && steps == null;
    };
  }

  private static double number(@Nullable String digits, @Nullable String unit) {
    if (digits == null) {
      return 0;
    }
    double value = Double.parseDouble(digits);
    return "ms".equals(unit) ? value / 1e3 : value;
  }

  private static Action of(Kind kind, double amount, @Nullable String steps) {
    int lasting = steps == null ? SLOW_STEPS : Integer.parseInt(steps);
    return new Action(kind, amount, kind == Kind.SLOW ? lasting : 0);
  }

  /** Examples of all kinds. */
  static String examples() {
    return Arrays.stream(Kind.values()).map(Kind::example).collect(Collectors.joining(", "));
  }

  /** For people, and as it stands in a plan. */
  public String words() {
    return switch (kind) {
      case SLOW -> "slow %sx %d steps".formatted(plain(amount), steps);
      case SIGSTOP -> "sigstop %s s".formatted(plain(amount));
      case CUT -> amount == 0 ? "cut" : "cut %s s".formatted(plain(amount));
      default -> kind.written();
    };
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString(Math.round(value)) : Double.toString(value);
  }
}
