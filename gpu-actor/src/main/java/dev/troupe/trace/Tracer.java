package dev.troupe.trace;

import dev.troupe.collectives.device.Stream;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.spec.ProfileSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records spans of some steps of a rank and writes them to a file once the last of these steps is
 * over. Outside of these steps it does nothing. Used by the rank's own thread.
 */
public final class Tracer implements AutoCloseable {
  private final TraceClock clock;
  private final Stream compute;
  private final ProfileSpec profile;
  private final int rank;
  private final Path file;
  private final Ranges ranges;
  private final List<Span> spans = new ArrayList<>();
  private @Nullable Span phase;
  private int step;
  private boolean on;

  /**
   * A tracer.
   *
   * @param compute the stream of kernels
   * @param ranges told of spans as they begin and end, for other profilers
   * @param file where the trace is written
   */
  public Tracer(
      TraceClock clock, Stream compute, ProfileSpec profile, int rank, Ranges ranges, Path file) {
    this.clock = clock;
    this.compute = compute;
    this.profile = profile;
    this.rank = rank;
    this.ranges = ranges;
    this.file = file;
  }

  /** Where a profiler of the vendor's is told of what the host does. */
  public interface Ranges {
    /** Tells nobody. */
    Ranges NONE =
        new Ranges() {
          @Override
          public void push(String name) {}

          @Override
          public void pop() {}
        };

    /** A range begins within those that are open. */
    void push(String name);

    /** The range that was opened last ends. */
    void pop();
  }

  /** Something that runs from one mark to another. */
  static final class Span {
    final String track;
    final String name;
    final TraceClock.Mark begin;
    TraceClock.Mark end;

    Span(String track, String name, TraceClock.Mark begin) {
      this.track = track;
      this.name = name;
      this.begin = begin;
      this.end = begin;
    }
  }

  /** Whether spans are recorded now. */
  public boolean on() {
    return on;
  }

  /** A step begins. */
  public void stepBegins() {
    step++;
    on = step >= profile.first() && step < profile.first() + profile.steps();
  }

  /**
   * A step is over.
   *
   * @throws TroupeException with category RESOURCE where the trace cannot be written
   */
  public void stepEnds() {
    endPhase();
    if (on && step == profile.first() + profile.steps() - 1) {
      write();
    }
    on = false;
  }

  private void write() {
    clock.settle();
    try {
      ChromeTrace.write(file, rank, spans);
    } catch (IOException e) {
      throw TroupeException.resource(
          "%s: the trace cannot be written: %s".formatted(file, e.getMessage()));
    }
    spans.clear();
  }

  /** Runs {@code work} as a span of kernels. */
  public void compute(String name, Runnable work) {
    Span span = begin("kernels", compute, name);
    ranges.push(name);
    try {
      work.run();
    } finally {
      ranges.pop();
      end(span, compute);
    }
  }

  /** The step goes over to another phase. */
  public void phase(String name) {
    endPhase();
    if (on) {
      phase = begin("phases", compute, name);
      ranges.push(name);
    }
  }

  /** No phase until the next one. */
  public void endPhase() {
    Span ended = phase;
    if (ended != null) {
      ranges.pop();
      end(ended, compute);
      phase = null;
    }
  }

  /** Begins a span on a stream of its own track. */
  Span begin(String track, Stream stream, String name) {
    return new Span(track, name, clock.mark(stream));
  }

  /** Ends a span. */
  void end(Span span, Stream stream) {
    span.end = clock.mark(stream);
    spans.add(span);
  }

  /** The stream of kernels. */
  Stream compute() {
    return compute;
  }

  @Override
  public void close() {
    clock.close();
  }
}
