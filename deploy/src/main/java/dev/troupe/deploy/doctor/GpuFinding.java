package dev.troupe.deploy.doctor;

import dev.troupe.collectives.device.cuda.GpuInfo;
import java.util.List;

/**
 * A GPU that this process may use.
 *
 * @param gpu what it is
 * @param off what cannot be used with it, and why
 */
public record GpuFinding(GpuInfo gpu, List<String> off) {
  /** Copies the list. */
  public GpuFinding {
    off = List.copyOf(off);
  }
}
