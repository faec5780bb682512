package dev.troupe.kernels;

/** Which operands of a matrix product are read transposed: C = op(A) op(B). */
public enum Layout {
  /** C[m,n] = A[m,k] B[k,n]. */
  NN(false, false),
  /** C[m,n] = A[m,k] B[n,k]^T. */
  NT(false, true),
  /** C[m,n] = A[k,m]^T B[k,n]. */
  TN(true, false);

  private final boolean transposeA;
  private final boolean transposeB;

  Layout(boolean transposeA, boolean transposeB) {
    this.transposeA = transposeA;
    this.transposeB = transposeB;
  }

  /** Whether A is stored transposed. */
  public boolean transposeA() {
    return transposeA;
  }

  /** Whether B is stored transposed. */
  public boolean transposeB() {
    return transposeB;
  }
}
