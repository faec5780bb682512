package dev.troupe.collectives.comm.nccl;

import dev.troupe.proto.error.TroupeException;

/**
 * The version of a NCCL library.
 *
 * @param code as {@code ncclGetVersion} gives it: 10,000 major + 100 minor + patch
 */
public record NcclVersion(int code) {
  /** The first version that can split communicators (and has configurations that we fill in). */
  public static final NcclVersion OLDEST = new NcclVersion(2_18_01);

  /**
   * Refuses a library that lacks what we call. A call of a missing function would end the process.
   *
   * @throws TroupeException with category RESOURCE
   */
  public NcclVersion requireUsable() {
    if (code < OLDEST.code) {
      throw TroupeException.resource(
          "NCCL %s is too old: install NCCL %s or newer (libnccl.so.2), or set device = cpu"
              .formatted(this, OLDEST));
    }
    return this;
  }

  @Override
  public String toString() {
    return code / 10_000 + "." + code / 100 % 100 + "." + code % 100;
  }
}
