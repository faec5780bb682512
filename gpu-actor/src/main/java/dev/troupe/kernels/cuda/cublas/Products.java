package dev.troupe.kernels.cuda.cublas;

import dev.troupe.collectives.device.cuda.CudaBuffer;
import dev.troupe.collectives.device.cuda.CudaDevice;
import dev.troupe.collectives.device.cuda.CudaStream;
import dev.troupe.kernels.cuda.nativecall.RawPointer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.bytedeco.cuda.cublas.cublasLtMatmulAlgo_t;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.cuda.global.cublas;
import org.bytedeco.javacpp.FloatPointer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Products on one stream, each prepared once. Used by the rank's thread; owns the library's handle.
 */
public final class Products implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Products.class);
  private static final int CANDIDATES = 12;

  /** Keeps what a measurement would destroy; closing it puts that back. */
  public interface Saved extends AutoCloseable {
    @Override
    void close();
  }

  private record Prepared(Problem problem, cublasLtMatmulAlgo_t algorithm) {}

  private final CublasLt library = new CublasLt();
  private final Map<Product, Prepared> prepared = new HashMap<>();
  private final Limits limits;
  private final Algorithms algorithms;
  private final boolean tune;
  private final Optional<AlgorithmFiles> files;
  private final Tuner tuner;
  private final CUstream_st stream;
  private final RawPointer workspace;
  private final RawPointer a = new RawPointer(0);
  private final RawPointer b = new RawPointer(0);
  private final RawPointer c = new RawPointer(0);
  private final RawPointer d = new RawPointer(0);
  private final FloatPointer one = new FloatPointer(new float[] {1});
  private final FloatPointer zero = new FloatPointer(new float[] {0});

  /**
   * Opens the library in the device's context.
   *
   * @param stream where the products go
   * @param temporary at least {@code limits.workspaceBytes} bytes, aligned to 256
   */
  public Products(
      CudaDevice device, CudaStream stream, CudaBuffer temporary, Limits limits, Choice choice) {
    this.stream = new CUstream_st(new RawPointer(stream.handle()));
    workspace = new RawPointer(temporary.address());
    this.limits = limits;
    algorithms = new Algorithms(library, limits);
    tuner = new Tuner(stream, temporary);
    tune = choice.tune();
    String environment =
        "%s sm_%d cublasLt=%d workspace=%d sms=%d deterministic=%b"
            .formatted(
                device.info().name(),
                device.info().architecture(),
                CublasLt.version(),
                limits.workspaceBytes(),
                limits.multiprocessors(),
                limits.deterministic());
    files = choice.folder().map(folder -> new AlgorithmFiles(folder, environment));
  }

  /**
   * Gives a product to the stream.
   *
   * @param saved called before a measurement, which overwrites D
   * @throws CublasException where the library cannot compute it
   */
  public void run(Product product, Addresses at, Supplier<Saved> saved) {
    Prepared known = prepared.get(product);
    if (known == null) {
      known = prepare(product, at, saved);
      prepared.put(product, known);
    }
    run(product, known.problem(), known.algorithm(), at);
  }

  private void run(Product product, Problem problem, cublasLtMatmulAlgo_t algorithm, Addresses at) {
    int status =
        cublas.cublasLtMatmul(
            library.context(),
            problem.operation(),
            one,
            a.at(at.b()), // the operands change places: see Problem
            problem.first(),
            b.at(at.a()),
            problem.second(),
            product.accumulate() ? one : zero,
            c.at(at.c()),
            problem.addend(),
            d.at(at.d()),
            problem.result(),
            algorithm,
            workspace,
            limits.workspaceBytes(),
            stream);
    if (status != cublas.CUBLAS_STATUS_SUCCESS) {
      throw new CublasException(status, product.toString());
    }
  }

  private Prepared prepare(Product product, Addresses at, Supplier<Saved> saved) {
    Problem problem = new Problem(product, limits);
    cublasLtMatmulAlgo_t algorithm = new cublasLtMatmulAlgo_t();
    try {
      choose(product, problem, at, saved).writeTo(algorithm);
      return new Prepared(problem, algorithm);
    } catch (RuntimeException e) {
      algorithm.close();
      problem.close();
      throw e;
    }
  }

  private Algorithm choose(Product product, Problem problem, Addresses at, Supplier<Saved> saved) {
    if (!tune) {
      return algorithms.expected(product, problem, 1).getFirst();
    }
    Predicate<Algorithm> fits = algorithm -> algorithms.valid(algorithm, problem);
    Optional<Measured> kept = files.flatMap(all -> all.read(product, fits));
    if (kept.isPresent()) {
      return kept.get().algorithm();
    }
    Measured measured = measure(product, problem, at, saved);
    return files.map(all -> all.keep(product, measured, fits)).orElse(measured).algorithm();
  }

  private Measured measure(Product product, Problem problem, Addresses at, Supplier<Saved> saved) {
    List<Algorithm> candidates = algorithms.expected(product, problem, CANDIDATES);
    try (Saved before = saved.get();
        cublasLtMatmulAlgo_t candidate = new cublasLtMatmulAlgo_t()) {
      Measured best =
          tuner.fastest(
              candidates,
              algorithm -> {
                algorithm.writeTo(candidate);
                run(product, problem, candidate, at);
              });
      LOG.debug("{}: {} us, the best of {}", product, best.microseconds(), candidates.size());
      return best;
    }
  }

  @Override
  public void close() {
    prepared
        .values()
        .forEach(
            known -> {
              known.problem().close();
              known.algorithm().close();
            });
    prepared.clear();
    one.close();
    zero.close();
    library.close();
  }
}
