package dev.troupe.kernels.cuda.cudnn;

import dev.troupe.collectives.device.DataType;
import dev.troupe.kernels.AttentionShape;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The plans of one GPU, compiled when they are first asked for: a quarter to half a second each.
 * Needs no context, so that memory can be planned before the GPU is opened. Not thread-safe.
 */
public final class AttentionPlans implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AttentionPlans.class);
  private static final int GRANULE = 8;
  private static final int WIDEST = 128;
  private static final int WIDEST_HOPPER = 256;
  private static final int HOPPER = 90;
  private static final int TILE = 128;

  /** From this version on keys need not fill whole tiles. */
  private static final long ANY_LENGTH = 91501;

  private final DeviceProperties device;
  private final int architecture;
  private final boolean deterministic;
  private final long version = Cudnn.version();
  private final Map<Geometry, ForwardPlan> forward = new HashMap<>();
  private final Map<Gradients, BackwardPlan> backward = new HashMap<>();
  private final Map<AttentionShape, Boolean> supported = new HashMap<>();

  /**
   * No plans yet.
   *
   * @param device owned by this from now on
   * @param architecture of the device, 90 for sm_90
   * @param deterministic whether backward passes give the same bits each time, at the cost of 2
   *     bytes of temporary memory a score
   */
  public AttentionPlans(DeviceProperties device, int architecture, boolean deterministic) {
    this.device = device;
    this.architecture = architecture;
    this.deterministic = deterministic;
  }

  /** Whether a version of cuDNN is one whose attention is used. */
  public static boolean usable(long version) {
    return version >= Cudnn.MINIMUM_VERSION;
  }

  /**
   * Whether cuDNN computes this attention, forward and backward. Compiles the plans the first time;
   * a refusal is logged once.
   */
  public boolean supports(AttentionShape shape, DataType type) {
    return type == DataType.BFLOAT16
        && shape.queryLength() == shape.keyLength()
        && supported.computeIfAbsent(shape, this::compiles);
  }

  private boolean compiles(AttentionShape shape) {
    String refusal = refusal(shape);
    if (refusal.isEmpty()) {
      try {
        temporaryBytes(shape);
        return true;
      } catch (CudnnException e) {
        refusal = String.valueOf(e.getMessage());
      }
    }
    LOG.info("cuDNN {} does not compute {}: {}", Cudnn.name(version), shape, refusal);
    return false;
  }

  private String refusal(AttentionShape shape) {
    int widest = architecture == HOPPER ? WIDEST_HOPPER : WIDEST;
    if (!usable(version)) {
      return "older than " + Cudnn.name(Cudnn.MINIMUM_VERSION);
    }
    if (shape.headDim() % GRANULE != 0 || shape.headDim() > widest) {
      return "heads of %d; multiples of %d up to %d are computed"
          .formatted(shape.headDim(), GRANULE, widest);
    }
    if (shape.keyLength() < 2) {
      return "one position";
    }
    if (shape.keyLength() % TILE != 0 && version < ANY_LENGTH) {
      return "sequences that are no multiple of %d need %s".formatted(TILE, Cudnn.name(ANY_LENGTH));
    }
    return "";
  }

  /**
   * Temporary memory of a backward pass, which is more than that of a forward pass, with k and v
   * packed in one tensor.
   */
  public long temporaryBytes(AttentionShape shape) {
    Geometry geometry = Geometry.packed(shape, 0);
    return Math.max(
        forward(geometry).temporaryBytes(),
        backward(Gradients.like(geometry, deterministic)).temporaryBytes());
  }

  /** The plan of a forward pass, owned by this. */
  public ForwardPlan forward(Geometry geometry) {
    return forward.computeIfAbsent(geometry, g -> new ForwardPlan(g, device));
  }

  /** The plan of a backward pass, owned by this. */
  public BackwardPlan backward(Gradients gradients) {
    return backward.computeIfAbsent(gradients, g -> new BackwardPlan(g, device));
  }

  /** Whether backward plans are deterministic. */
  public boolean deterministic() {
    return deterministic;
  }

  @Override
  public void close() {
    forward.values().forEach(ForwardPlan::close);
    backward.values().forEach(BackwardPlan::close);
    forward.clear();
    backward.clear();
    device.close();
  }
}
