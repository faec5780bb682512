package dev.troupe.collectives.comm.shared;

import dev.troupe.collectives.comm.Communicators;
import dev.troupe.collectives.comm.Ranks;
import dev.troupe.collectives.device.cpu.CpuDevice;
import dev.troupe.collectives.device.cpu.CpuMemory;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.Site;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Ranks dealt to processes in turn. The processes are only names in this one: each has its own
 * folder, memory and communicators, and sees the others' through files, as real ones do.
 */
public final class SharedRanks extends Ranks {
  private static final Path MEMORY = Path.of("/dev/shm");

  private final Path root;
  private final List<SharedMemory> memories = new ArrayList<>();
  private final List<CpuDevice> devices = new ArrayList<>();
  private final List<Communicators> communicators = new ArrayList<>();

  /** Which ranks have their buffers in shared memory. */
  enum Buffers {
    SHARED,
    PRIVATE,
    MIXED
  }

  SharedRanks(int processes, Buffers buffers) {
    root = newRoot();
    for (int i = 0; i < processes; i++) {
      SharedMemory memory = SharedMemory.create(root, "p" + i);
      boolean shared = buffers == Buffers.SHARED || buffers == Buffers.MIXED && i == 0;
      memories.add(memory);
      devices.add(new CpuDevice("cpu:" + i, 1, shared ? memory : CpuMemory.PRIVATE));
      communicators.add(new SharedCommunicators(memory));
    }
  }

  public static Path newRoot() {
    try {
      return Files.isDirectory(MEMORY)
          ? Files.createTempDirectory(MEMORY, "troupe-test-")
          : Files.createTempDirectory("troupe-test-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void deleteAll(Path root) {
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path root() {
    return root;
  }

  @Override
  protected void place(long epoch, DeviceMesh mesh) {
    int processes = Math.min(memories.size(), mesh.size());
    List<Site> sites = new ArrayList<>();
    for (int i = 0; i < processes; i++) {
      int process = i;
      List<Integer> held =
          mesh.world().ranks().stream().filter(rank -> rank % processes == process).toList();
      sites.add(new Site("here", "p" + i, "", held));
    }
    Placement placement = new Placement("", sites);
    for (int i = 0; i < sites.size(); i++) {
      communicators.get(i).place(epoch, placement);
    }
  }

  @Override
  public Communicators communicators(int rank) {
    return communicators.get(rank % communicators.size());
  }

  @Override
  public CpuDevice device(int rank) {
    return devices.get(rank % devices.size());
  }

  @Override
  public void close() {
    devices.forEach(CpuDevice::close);
    memories.forEach(SharedMemory::close);
    deleteAll(root);
  }
}
