package dev.troupe.kernels.cuda.cudnn;

import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_MATMUL_COMP_TYPE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATIONGRAPH_OPS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_MATMUL_ADESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_MATMUL_BDESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_MATMUL_CDESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_MATMUL_DESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_POINTWISE_BDESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_POINTWISE_TDESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_POINTWISE_XDESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_POINTWISE_YDESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_REDUCTION_DESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_REDUCTION_XDESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_REDUCTION_YDESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_RESHAPE_XDESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_OPERATION_RESHAPE_YDESC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_POINTWISE_AXIS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_POINTWISE_MATH_PREC;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_POINTWISE_MODE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_REDUCTION_COMP_TYPE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_REDUCTION_OPERATOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_DATA_TYPE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_DIMENSIONS;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_IS_BY_VALUE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_IS_VIRTUAL;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_STRIDES;
import static org.bytedeco.cuda.global.cudnn.CUDNN_ATTR_TENSOR_UNIQUE_ID;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_MATMUL_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_OPERATION_REDUCTION_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_OPERATION_RESHAPE_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_POINTWISE_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_REDUCTION_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_BACKEND_TENSOR_DESCRIPTOR;
import static org.bytedeco.cuda.global.cudnn.CUDNN_DATA_BFLOAT16;
import static org.bytedeco.cuda.global.cudnn.CUDNN_DATA_BOOLEAN;
import static org.bytedeco.cuda.global.cudnn.CUDNN_DATA_FLOAT;
import static org.bytedeco.cuda.global.cudnn.CUDNN_DATA_INT32;
import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_ADD;
import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_BINARY_SELECT;
import static org.bytedeco.cuda.global.cudnn.CUDNN_POINTWISE_GEN_INDEX;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_DATA_TYPE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_POINTWISE_MODE;
import static org.bytedeco.cuda.global.cudnn.CUDNN_TYPE_REDUCTION_OPERATOR_TYPE;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Operations on tensors, in the order in which they are added. Owns all its descriptors. Arithmetic
 * is float32.
 */
final class Graph implements AutoCloseable {
  static final int BF16 = CUDNN_DATA_BFLOAT16;
  static final int F32 = CUDNN_DATA_FLOAT;

  private static final int ALIGNMENT = 16;
  private static final int ROWS = 2;
  private static final int COLUMNS = 3;

  private final List<Descriptor> owned = new ArrayList<>();
  private final List<Descriptor> operations = new ArrayList<>();
  private final Map<Long, Float> scalars = new LinkedHashMap<>();
  private long nextId = Operand.FREE_ID;

  /** A tensor in memory that the caller passes to each run. */
  Node operand(Operand operand, int type, Extents extents) {
    return tensor(type, extents, operand.id(), false, false);
  }

  /** A number that is passed by value. */
  Node scalar(float value) {
    long id = nextId++;
    scalars.put(id, value);
    return tensor(F32, Extents.dense(1, 1, 1, 1), id, false, true);
  }

  /** out = a b. */
  Node matmul(Node a, Node b, Node out) {
    Descriptor kind =
        own(new Descriptor(CUDNN_BACKEND_MATMUL_DESCRIPTOR))
            .set(CUDNN_ATTR_MATMUL_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, F32)
            .finish("matmul");
    operations.add(
        own(new Descriptor(CUDNN_BACKEND_OPERATION_MATMUL_DESCRIPTOR))
            .set(CUDNN_ATTR_OPERATION_MATMUL_ADESC, a.descriptor())
            .set(CUDNN_ATTR_OPERATION_MATMUL_BDESC, b.descriptor())
            .set(CUDNN_ATTR_OPERATION_MATMUL_CDESC, out.descriptor())
            .set(CUDNN_ATTR_OPERATION_MATMUL_DESC, kind)
            .finish("operation matmul"));
    return out;
  }

  /** out = f(x). */
  Node mapTo(Node out, int mode, Node x) {
    return pointwise(mode, F32, -1, x, null, null, out);
  }

  /** out = f(x, y); y is repeated along the sizes in which it is 1. */
  Node mapTo(Node out, int mode, Node x, Node y) {
    return pointwise(mode, F32, -1, x, y, null, out);
  }

  /** f(x, y) in float32 with the size of x, kept between operations. */
  Node map(int mode, Node x, Node y) {
    return mapTo(between(F32, x.extents()), mode, x, y);
  }

  /** f(x) in float32 with the size of x. */
  Node map(int mode, Node x) {
    return mapTo(between(F32, x.extents()), mode, x);
  }

  /** The row number of every element of x. */
  Node rowIndex(Node x) {
    return index(ROWS, x);
  }

  /** The column number of every element of x. */
  Node columnIndex(Node x) {
    return index(COLUMNS, x);
  }

  /** Column numbers plus a constant. */
  Node shiftColumns(Node columns, float by) {
    return pointwise(
        CUDNN_POINTWISE_ADD,
        F32,
        COLUMNS,
        columns,
        scalar(by),
        null,
        between(F32, columns.extents()));
  }

  /** x where a comparison of a and b holds, elsewhere a constant. */
  Node keepWhere(int comparison, Node a, Node b, Node x, float elsewhere) {
    Node holds =
        pointwise(
            comparison,
            CUDNN_DATA_BOOLEAN,
            -1,
            a,
            b,
            null,
            between(CUDNN_DATA_BOOLEAN, x.extents()));
    return pointwise(
        CUDNN_POINTWISE_BINARY_SELECT,
        F32,
        -1,
        x,
        scalar(elsewhere),
        holds,
        between(F32, x.extents()));
  }

  /** Reduces x to the size of out. */
  Node reduce(int mode, Node x, Node out) {
    Descriptor kind =
        own(new Descriptor(CUDNN_BACKEND_REDUCTION_DESCRIPTOR))
            .set(CUDNN_ATTR_REDUCTION_OPERATOR, CUDNN_TYPE_REDUCTION_OPERATOR_TYPE, mode)
            .set(CUDNN_ATTR_REDUCTION_COMP_TYPE, CUDNN_TYPE_DATA_TYPE, F32)
            .finish("reduction");
    operations.add(
        own(new Descriptor(CUDNN_BACKEND_OPERATION_REDUCTION_DESCRIPTOR))
            .set(CUDNN_ATTR_OPERATION_REDUCTION_XDESC, x.descriptor())
            .set(CUDNN_ATTR_OPERATION_REDUCTION_YDESC, out.descriptor())
            .set(CUDNN_ATTR_OPERATION_REDUCTION_DESC, kind)
            .finish("operation reduction"));
    return out;
  }

  /** Reduces the columns of x. */
  Node reduceColumns(int mode, Node x) {
    return reduce(mode, x, between(F32, x.extents().reduced()));
  }

  /** x with rows and columns exchanged, in bfloat16: only the view of it changes. */
  Node transpose(Node x) {
    Node out = between(BF16, x.extents().transposed());
    operations.add(
        own(new Descriptor(CUDNN_BACKEND_OPERATION_RESHAPE_DESCRIPTOR))
            .set(CUDNN_ATTR_OPERATION_RESHAPE_XDESC, x.descriptor())
            .set(CUDNN_ATTR_OPERATION_RESHAPE_YDESC, out.descriptor())
            .finish("operation reshape"));
    return out;
  }

  /** A tensor that never comes to memory. */
  Node between(int type, Extents extents) {
    return tensor(type, extents, nextId++, true, false);
  }

  /** The constants that a run passes by value, by identifier. */
  Map<Long, Float> scalars() {
    return Collections.unmodifiableMap(scalars);
  }

  /** Number of operations. */
  int size() {
    return operations.size();
  }

  /** The finished graph; nothing can be added after this. */
  Descriptor finish() {
    return own(new Descriptor(CUDNN_BACKEND_OPERATIONGRAPH_DESCRIPTOR))
        .set(CUDNN_ATTR_OPERATIONGRAPH_OPS, operations)
        .finish("graph of " + operations.size() + " operations");
  }

  private Node index(int axis, Node x) {
    return pointwise(
        CUDNN_POINTWISE_GEN_INDEX,
        F32,
        axis,
        x,
        null,
        null,
        between(CUDNN_DATA_INT32, x.extents()));
  }

  private Node tensor(int type, Extents extents, long id, boolean between, boolean byValue) {
    Descriptor descriptor =
        own(new Descriptor(CUDNN_BACKEND_TENSOR_DESCRIPTOR))
            .set(CUDNN_ATTR_TENSOR_DATA_TYPE, CUDNN_TYPE_DATA_TYPE, type)
            .numbers(CUDNN_ATTR_TENSOR_DIMENSIONS, extents.sizes())
            .numbers(CUDNN_ATTR_TENSOR_STRIDES, extents.strides())
            .numbers(CUDNN_ATTR_TENSOR_UNIQUE_ID, id)
            .numbers(CUDNN_ATTR_TENSOR_BYTE_ALIGNMENT, ALIGNMENT)
            .set(CUDNN_ATTR_TENSOR_IS_VIRTUAL, between);
    if (byValue) {
      descriptor.set(CUDNN_ATTR_TENSOR_IS_BY_VALUE, true);
    }
    return new Node(descriptor.finish("tensor " + extents), extents);
  }

  private Node pointwise(
      int mode, int precision, int axis, Node x, @Nullable Node b, @Nullable Node t, Node out) {
    Descriptor kind =
        own(new Descriptor(CUDNN_BACKEND_POINTWISE_DESCRIPTOR))
            .set(CUDNN_ATTR_POINTWISE_MODE, CUDNN_TYPE_POINTWISE_MODE, mode)
            .set(CUDNN_ATTR_POINTWISE_MATH_PREC, CUDNN_TYPE_DATA_TYPE, precision);
    if (axis >= 0) {
      kind.numbers(CUDNN_ATTR_POINTWISE_AXIS, axis);
    }
    kind.finish("pointwise " + mode);
    Descriptor operation =
        own(new Descriptor(CUDNN_BACKEND_OPERATION_POINTWISE_DESCRIPTOR))
            .set(CUDNN_ATTR_OPERATION_POINTWISE_PW_DESCRIPTOR, kind)
            .set(CUDNN_ATTR_OPERATION_POINTWISE_XDESC, x.descriptor());
    if (b != null) {
      operation.set(CUDNN_ATTR_OPERATION_POINTWISE_BDESC, b.descriptor());
    }
    if (t != null) {
      operation.set(CUDNN_ATTR_OPERATION_POINTWISE_TDESC, t.descriptor());
    }
    operation.set(CUDNN_ATTR_OPERATION_POINTWISE_YDESC, out.descriptor());
    operations.add(operation.finish("operation pointwise " + mode));
    return out;
  }

  private Descriptor own(Descriptor descriptor) {
    owned.add(descriptor);
    return descriptor;
  }

  @Override
  public void close() {
    owned.reversed().forEach(Descriptor::close);
    owned.clear();
  }
}
