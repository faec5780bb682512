package dev.troupe.deploy.doctor;

import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.deploy.host.Cpu;
import dev.troupe.deploy.host.HostMemory;
import dev.troupe.proto.error.Category;
import dev.troupe.proto.error.TroupeException;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at this machine: what is there for training, and what is not. */
public final class Doctor {
  private Doctor() {}

  /**
   * Inspects this machine.
   *
   * @param runFolder folder that runs will be written to; need not exist yet
   * @throws TroupeException of category resource where the disk cannot be asked
   */
  public static DoctorReport inspect(Path runFolder) {
    HostMemory memory = HostMemory.read();
    return new DoctorReport(
        Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
        System.getProperty("java.home"),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        Cpu.read(),
        memory.total(),
        memory.available(),
        runFolder.toString(),
        diskFree(runFolder),
        oneDnn(),
        GpuFindings.inspect(CudaLibraries.find(Optional.empty())));
  }

  private static long diskFree(Path folder) {
    Path existing = folder.toAbsolutePath().normalize();
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    try {
      return Files.getFileStore(existing).getUsableSpace();
    } catch (IOException e) {
      throw new TroupeException(
          Category.RESOURCE, "cannot ask for the free disk space of " + existing, e);
    }
  }

  private static @Nullable String oneDnn() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String library;
    if (system.startsWith("linux")) {
      library = "linux-x86_64/libdnnl.so.3";
    } else if (system.startsWith("mac")) {
      library = "macosx-x86_64/libdnnl.3.dylib";
    } else {
      library = "windows-x86_64/dnnl.dll";
    }
    @Nullable URL found = Doctor.class.getResource("/org/bytedeco/dnnl/" + library);
    boolean sameArchitecture = List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
    return found == null || !sameArchitecture ? null : found.toString();
  }
}
