package dev.troupe.deploy.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTest {
  private static final long MIB = 1L << 20;

  @TempDir Path root;

  @BeforeEach
  void writeMeminfo() throws IOException {
    write("proc/meminfo", "MemTotal:  8192000 kB\nMemFree: 1 kB\nMemAvailable:  4096000 kB\n");
  }

  @Test
  void memoryIsTheMachinesWhereNothingLimitsIt() throws IOException {
    write("proc/self/cgroup", "0::/\n");
    assertEquals(new HostMemory(8192000 * 1024L, 4096000 * 1024L), HostMemory.read(root));
  }

  @Test
  void aContainersLimitCounts() throws IOException {
    write("proc/self/cgroup", "0::/\n");
    write("sys/fs/cgroup/memory.max", 1024 * MIB + "\n");
    write("sys/fs/cgroup/memory.current", 600 * MIB + "\n");
    write("sys/fs/cgroup/memory.stat", "anon 1\ninactive_file " + 100 * MIB + "\n");
    assertEquals(new HostMemory(1024 * MIB, 524 * MIB), HostMemory.read(root));
  }

  @Test
  void theTightestGroupCounts() throws IOException {
    write("proc/self/cgroup", "0::/user/job\n");
    write("sys/fs/cgroup/user/memory.max", 512 * MIB + "\n");
    write("sys/fs/cgroup/user/memory.current", 12 * MIB + "\n");
    write("sys/fs/cgroup/user/job/memory.max", "max\n");
    write("sys/fs/cgroup/user/job/memory.current", MIB + "\n");
    assertEquals(new HostMemory(512 * MIB, 500 * MIB), HostMemory.read(root));
  }

  @Test
  void groupsOfVersionOneCount() throws IOException {
    write("proc/self/cgroup", "5:cpu:/x\n4:memory:/docker/1\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", 256 * MIB + "\n");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", 56 * MIB + "\n");
    assertEquals(new HostMemory(256 * MIB, 200 * MIB), HostMemory.read(root));
  }

  @Test
  void withoutProcTheJvmIsAsked() throws IOException {
    Files.delete(root.resolve("proc/meminfo"));
    HostMemory memory = HostMemory.read(root);
    assertTrue(memory.total() > memory.available() && memory.available() > 0, memory::toString);
  }

  @Test
  void cpuFeaturesAreWholeWords() throws IOException {
    write(
        "proc/cpuinfo",
        "model name\t: Some CPU @ 2 GHz\nflags\t\t: fpu avx2 avx512fp16 amx_bf16\n");
    Cpu cpu = Cpu.read(root);
    assertEquals("Some CPU @ 2 GHz", cpu.model());
    assertTrue(cpu.features().getOrDefault("avx2", false));
    assertTrue(cpu.features().getOrDefault("amx_bf16", false));
    assertFalse(cpu.features().getOrDefault("avx512f", true));
  }

  @Test
  void anUnknownCpuHasNoFeatures() {
    Cpu cpu = Cpu.read(root);
    assertEquals("unknown", cpu.model());
    assertFalse(cpu.features().containsValue(true));
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, text);
  }
}
