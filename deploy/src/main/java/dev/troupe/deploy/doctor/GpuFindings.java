package dev.troupe.deploy.doctor;

import dev.troupe.collectives.device.cuda.Capabilities;
import dev.troupe.collectives.device.cuda.CudaDriver;
import dev.troupe.collectives.device.cuda.CudaLibraries;
import dev.troupe.collectives.device.cuda.CudaLibrary;
import dev.troupe.collectives.device.cuda.FoundLibrary;
import dev.troupe.collectives.device.cuda.GpuInfo;
import dev.troupe.proto.error.TroupeException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code troupe doctor} found of GPUs and their libraries.
 *
 * @param libraries name, such as {@code libnccl}, to what was found
 * @param gpus the GPUs, by index
 * @param problem why there is none; null where there is one
 */
public record GpuFindings(
    Map<String, GpuLibrary> libraries, List<GpuFinding> gpus, @Nullable String problem) {

  /** Loads each library that is there, and asks the driver for its GPUs. */
  static GpuFindings inspect(CudaLibraries found) {
    Map<String, GpuLibrary> libraries = new LinkedHashMap<>();
    for (CudaLibrary library : CudaLibrary.values()) {
      String soname = library.soname();
      libraries.put(soname.substring(0, soname.indexOf('.')), library(found, library));
    }
    List<GpuFinding> gpus = new ArrayList<>();
    try {
      CudaDriver driver = CudaDriver.start(found);
      for (GpuInfo gpu : driver.gpus()) {
        gpus.add(new GpuFinding(gpu, off(found, driver, gpu)));
      }
      return new GpuFindings(libraries, gpus, null);
    } catch (TroupeException e) {
      return new GpuFindings(libraries, gpus, String.valueOf(e.getMessage()));
    }
  }

  private static GpuLibrary library(CudaLibraries libraries, CudaLibrary library) {
    FoundLibrary found = libraries.found().get(library);
    if (found == null) {
      return new GpuLibrary(null, null, null, libraries.missing().get(library));
    }
    String file = found.file().toString();
    String place = found.place().toString();
    try {
      int version = libraries.version(library);
      @Nullable String text = version == 0 ? null : CudaLibraries.versionText(library, version);
      return new GpuLibrary(file, place, text, null);
    } catch (TroupeException e) {
      return new GpuLibrary(file, place, null, e.getMessage());
    }
  }

  private static List<String> off(CudaLibraries libraries, CudaDriver driver, GpuInfo gpu) {
    try {
      return Capabilities.of(libraries, driver, gpu.index()).off();
    } catch (TroupeException e) {
      return List.of("training: " + e.getMessage());
    }
  }
}
