package dev.troupe.kernels.cuda.cudnn;

import java.util.Map;
import org.bytedeco.cuda.global.cudnn;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that one plan runs on. A set of arguments that is finished cannot be changed, so
 * {@link #finish} makes a new one each time; the lists it is made of are kept.
 */
final class Arguments implements AutoCloseable {
  private final LongPointer ids;
  private final LongPointer addresses;
  private final LongPointer workspace = new LongPointer(1);
  private final FloatPointer scalars;
  private final int operands;
  private final int count;
  private @Nullable Descriptor descriptor;

  /**
   * Room for the arguments of a plan.
   *
   * @param scalarValues the constants of its graph
   * @param operands in the order in which addresses will be given
   */
  Arguments(Map<Long, Float> scalarValues, Operand... operands) {
    this.operands = operands.length;
    count = operands.length + scalarValues.size();
    ids = new LongPointer(count);
    addresses = new LongPointer(count);
    scalars = new FloatPointer(scalarValues.size());
    for (int i = 0; i < operands.length; i++) {
      ids.put(i, operands[i].id());
    }
    int i = 0;
    for (Map.Entry<Long, Float> scalar : scalarValues.entrySet()) {
      scalars.put(i, scalar.getValue());
      ids.put(operands.length + i, scalar.getKey());
      addresses.put(operands.length + i, scalars.address() + (long) i * Float.BYTES);
      i++;
    }
  }

  /** Sets the address of the i-th operand. */
  Arguments set(int i, long address) {
    if (i >= operands) {
      throw new IndexOutOfBoundsException("operand " + i + " of " + operands);
    }
    addresses.put(i, address);
    return this;
  }

  /** The arguments of one run; valid until the next call. */
  Descriptor finish(long workspaceAddress) {
    workspace.put(0, workspaceAddress);
    close(descriptor);
    Descriptor made = new Descriptor(cudnn.CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR);
    descriptor = made;
    return made.set(cudnn.CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS, cudnn.CUDNN_TYPE_INT64, count, ids)
        .set(
            cudnn.CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS,
            cudnn.CUDNN_TYPE_VOID_PTR,
            count,
            addresses)
        .set(cudnn.CUDNN_ATTR_VARIANT_PACK_WORKSPACE, cudnn.CUDNN_TYPE_VOID_PTR, 1, workspace)
        .finish("arguments");
  }

  private static void close(@Nullable Descriptor old) {
    if (old != null) {
      old.close();
    }
  }

  @Override
  public void close() {
    close(descriptor);
    ids.close();
    addresses.close();
    workspace.close();
    scalars.close();
  }
}
