package dev.troupe.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ranges reach the library that a profiler would listen to. */
class NvtxRangesTest {
  private static final String LIBRARY =
      """
      #include <string.h>
      char ranges_seen[256];
      int nvtxRangePushA(const char* name) { strcat(ranges_seen, name); strcat(ranges_seen, "<"); return 0; }
      int nvtxRangePop(void) { strcat(ranges_seen, ">"); return 0; }
      """;

  @TempDir Path folder;

  @Test
  void shouldPushAndPopInTheLibraryOfAFolder() throws Exception {
    Path library = compile();
    Tracer.Ranges ranges = NvtxRanges.find(List.of(folder));
    ranges.push("forward");
    ranges.push("matmul");
    ranges.pop();
    ranges.pop();
    MemorySegment log =
        SymbolLookup.libraryLookup(library, Arena.global())
            .findOrThrow("ranges_seen")
            .reinterpret(256);
    assertEquals("forward<matmul<>>", log.getString(0));
  }

  @Test
  void shouldTellNobodyWhereAFileIsNoLibrary() throws IOException {
    Files.writeString(folder.resolve("libnvToolsExt.so.1"), "not a library");
    Tracer.Ranges ranges = NvtxRanges.find(List.of(folder));
    if (ranges instanceof NvtxRanges) {
      abort("the system has NVTX itself");
    }
    assertSame(Tracer.Ranges.NONE, ranges);
  }

  private Path compile() throws IOException, InterruptedException {
    Path source = Files.writeString(folder.resolve("nvtx.c"), LIBRARY);
    Path library = folder.resolve("libnvToolsExt.so.1");
    try {
      Process compiler =
          new ProcessBuilder(
                  "cc",
                  "-shared",
                  "-fPIC",
                  "-Wl,-z,noexecstack",
                  "-o",
                  library.toString(),
                  source.toString())
              .inheritIO()
              .start();
      assertEquals(0, compiler.waitFor());
    } catch (IOException e) {
      abort("no C compiler here: " + e.getMessage());
    }
    return library;
  }
}
