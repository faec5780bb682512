package dev.troupe.kernels.cuda.cublas;

import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaEvent;
import dev.troupe.collectives.device.cuda.CudaStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures algorithms on the GPU, each run with a cold cache: the temporary memory is cleared
 * before, up to the size of the largest cache, which also keeps the GPU busy until the run is in
 * the stream.
 */
final class Tuner {
  private static final Logger LOG = LoggerFactory.getLogger(Tuner.class);
  private static final int FEW = 3;
  private static final int MANY = 21;
  private static final double NEAR = 1.1;
  private static final long CACHE_BYTES = 128L << 20;

  private final CudaStream stream;
  private final CudaBuffer temporary;

  Tuner(CudaStream stream, CudaBuffer temporary) {
    this.stream = stream;
    this.temporary = temporary;
  }

  /**
   * The fastest of some algorithms: a few runs of each, then many of those that are within a tenth
   * of the best; medians count. One that fails to run is left out.
   *
   * @param run gives the product to the stream, computed in the given way
   * @throws CublasException where none runs
   */
  Measured fastest(List<Algorithm> candidates, Consumer<Algorithm> run) {
    try (CudaEvent before = stream.newEvent();
        CudaEvent after = stream.newEvent()) {
      List<Measured> screened =
          candidates.stream()
              .flatMap(candidate -> measure(candidate, run, before, after).stream())
              .toList();
      Measured best = quickest(screened);
      List<Measured> near =
          screened.stream().filter(m -> m.microseconds() <= NEAR * best.microseconds()).toList();
      return quickest(
          near.stream()
              .map(
                  m -> new Measured(m.algorithm(), median(m.algorithm(), run, MANY, before, after)))
              .toList());
    }
  }

  private static Measured quickest(List<Measured> measured) {
    return measured.stream()
        .min(Comparator.comparingDouble(Measured::microseconds))
        .orElseThrow(() -> new CublasException(0, "no algorithm of those offered runs"));
  }

  private List<Measured> measure(
      Algorithm candidate, Consumer<Algorithm> run, CudaEvent before, CudaEvent after) {
    try {
      run.accept(candidate); // loads its kernels
      return List.of(new Measured(candidate, median(candidate, run, FEW, before, after)));
    } catch (CublasException e) {
      LOG.debug("left out: {}", e.getMessage());
      return List.of();
    }
  }

  private double median(
      Algorithm candidate,
      Consumer<Algorithm> run,
      int repeats,
      CudaEvent before,
      CudaEvent after) {
    double[] micros = new double[repeats];
    for (int i = 0; i < repeats; i++) {
      stream.zero(temporary.address(), Math.min(temporary.bytes(), CACHE_BYTES));
      before.record(stream);
      run.accept(candidate);
      after.record(stream);
      after.synchronize();
      micros[i] = 1000.0 * after.millisecondsSince(before);
    }
    Arrays.sort(micros);
    return micros[repeats / 2];
  }
}
