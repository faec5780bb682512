package dev.troupe.optim;

import dev.troupe.collectives.device.BufferView;
import dev.troupe.collectives.device.DataType;
import dev.troupe.collectives.device.DeviceBuffer;
import dev.troupe.layer.Parameter;
import dev.troupe.layer.ParameterSpec;
import dev.troupe.model.LlamaLayout;
import dev.troupe.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A rank's parameters and main gradients in two flat buffers, cut into buckets. Within a bucket
 * each parameter starts at a multiple of {@link #BLOCK} elements, and a bucket is padded to a
 * multiple of {@code dp * BLOCK}, so that each data-parallel rank owns a slice of whole blocks
 * (ZeRO-1). Blocks are the unit of the gradient norm: their bounds do not depend on dp.
 */
public final class FlatParameters {
  /** Elements a block. */
  public static final int BLOCK = 1024;

  private final List<Bucket> buckets;
  private final Map<String, Parameter> byName;
  private final int dp;

  /** Where one parameter lies in its bucket, in elements. */
  public record Placed(Parameter parameter, long offset) {
    /** First element after it. */
    public long end() {
      return offset + parameter.spec().elements();
    }
  }

  /**
   * A bucket.
   *
   * @param values all values, padding included
   * @param grads all main gradients, padding included
   * @param parameters what lies in it, by rising offset
   */
  public record Bucket(String name, BufferView values, BufferView grads, List<Placed> parameters) {}

  private FlatParameters(List<Bucket> buckets, Map<String, Parameter> byName, int dp) {
    this.buckets = List.copyOf(buckets);
    this.byName = Map.copyOf(byName);
    this.dp = dp;
  }

  /** Elements of each of the two flat buffers. */
  public static long elements(List<LlamaLayout.Bucket> layout, int dp) {
    return layout.stream().mapToLong(b -> padded(b, dp)).sum();
  }

  /** Places the parameters of {@code layout} in the two buffers, whose owner is the caller. */
  public static FlatParameters place(
      List<LlamaLayout.Bucket> layout,
      int dp,
      DataType type,
      DeviceBuffer values,
      DeviceBuffer grads) {
    List<Bucket> buckets = new ArrayList<>();
    Map<String, Parameter> byName = new LinkedHashMap<>();
    long start = 0;
    for (LlamaLayout.Bucket bucket : layout) {
      List<Placed> placed = new ArrayList<>();
      long offset = 0;
      for (ParameterSpec spec : bucket.parameters()) {
        Parameter parameter =
            new Parameter(
                spec,
                matrix(values, type, start + offset, spec),
                matrix(grads, DataType.FLOAT32, start + offset, spec));
        placed.add(new Placed(parameter, offset));
        byName.put(spec.name(), parameter);
        offset += roundUp(spec.elements(), BLOCK);
      }
      long length = padded(bucket, dp);
      buckets.add(
          new Bucket(
              bucket.name(),
              new BufferView(values, start * type.bytes(), length, type),
              new BufferView(grads, start * Float.BYTES, length, DataType.FLOAT32),
              List.copyOf(placed)));
      start += length;
    }
    return new FlatParameters(buckets, byName, dp);
  }

  /** Elements of a bucket before it is padded for a data-parallel width: whole blocks. */
  public static long elements(LlamaLayout.Bucket bucket) {
    long offset = 0;
    for (ParameterSpec spec : bucket.parameters()) {
      offset += roundUp(spec.elements(), BLOCK);
    }
    return offset;
  }

  /** Elements that each data-parallel rank owns of a bucket of so many {@linkplain #elements}. */
  public static long slice(long elements, int dp) {
    return roundUp(elements, (long) BLOCK * dp) / dp;
  }

  private static long padded(LlamaLayout.Bucket bucket, int dp) {
    return slice(elements(bucket), dp) * dp;
  }

  private static long roundUp(long value, long unit) {
    return (value + unit - 1) / unit * unit;
  }

  private static Tensor matrix(
      DeviceBuffer buffer, DataType type, long element, ParameterSpec spec) {
    return new Tensor(buffer, element * type.bytes(), type, spec.rows(), spec.cols(), spec.cols());
  }

  /** The buckets in layout order. */
  public List<Bucket> buckets() {
    return buckets;
  }

  /** All parameters by name. */
  public Map<String, Parameter> byName() {
    return byName;
  }

  /** Data-parallel width the buckets are padded for. */
  public int dp() {
    return dp;
  }

  /** Elements of a bucket that each data-parallel rank owns. */
  public long slice(Bucket bucket) {
    return bucket.values().count() / dp;
  }

  /** The parameters that data-parallel index {@code dpIndex} owns of a bucket, padding included. */
  public BufferView slice(int bucket, int dpIndex) {
    Bucket all = buckets.get(bucket);
    return all.values().slice(dpIndex * slice(all), slice(all));
  }

  /** Elements that each data-parallel rank owns over all buckets. */
  public long ownedElements() {
    return buckets.stream().mapToLong(this::slice).sum();
  }
}
