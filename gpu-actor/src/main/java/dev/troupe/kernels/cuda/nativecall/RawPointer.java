package dev.troupe.kernels.cuda.nativecall;

import org.bytedeco.javacpp.Pointer;

/** An address of the GPU's memory, or a handle of the driver, as JavaCPP's bindings take it. */
public final class RawPointer extends Pointer {

  /** A pointer to an address. */
  public RawPointer(long address) {
    this.address = address;
  }

  /** Points elsewhere. */
  public RawPointer at(long address) {
    this.address = address;
    return this;
  }
}
