package dev.troupe.collectives.comm.link;

import dev.troupe.collectives.comm.Communicator;
import dev.troupe.collectives.mesh.DeviceMesh;
import dev.troupe.collectives.mesh.Placement;
import dev.troupe.collectives.mesh.Site;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.agrona.concurrent.BackoffIdleStrategy;

/** Data planes of several processes, all of them in this one, on the loopback interface. */
final class Planes implements AutoCloseable {
  static final String TOKEN = "a-secret-of-the-epoch";
  static final String HOST = "127.0.0.1";

  private final List<DataPlane> planes;

  Planes(List<DataPlane> planes) {
    this.planes = List.copyOf(planes);
  }

  /** Makes data planes over one transport. */
  interface Transport {
    DataPlane open(LinkSettings settings);
  }

  static Transport tcp() {
    return settings -> DataPlane.tcp(HOST, 0, settings);
  }

  static Transport aeron(MediaDriver driver) {
    Path directory = Path.of(driver.aeronDirectoryName());
    return settings -> DataPlane.aeronUdp(HOST, 0, directory, settings);
  }

  /** A media driver as a host has it, in a directory of its own. */
  static MediaDriver driver(Path directory) {
    return MediaDriver.launch(
        new MediaDriver.Context()
            .aeronDirectoryName(directory.resolve("aeron").toString())
            .threadingMode(ThreadingMode.SHARED)
            .sharedIdleStrategy(new BackoffIdleStrategy(1, 1, 1_000, 100_000))
            .dirDeleteOnShutdown(true)
            .publicationLingerTimeoutNs(100_000_000)
            .printConfigurationOnStart(false));
  }

  static Planes open(Transport transport, int count) {
    return open(transport, count, LinkSettings.DEFAULT);
  }

  static Planes open(Transport transport, int count, LinkSettings settings) {
    return new Planes(IntStream.range(0, count).mapToObj(i -> transport.open(settings)).toList());
  }

  DataPlane plane(int index) {
    return planes.get(index);
  }

  int count() {
    return planes.size();
  }

  /** Ranks dealt out to the planes in turn. */
  Placement placement(int ranks) {
    List<Site> sites = new ArrayList<>();
    for (int i = 0; i < Math.min(ranks, planes.size()); i++) {
      int first = i;
      List<Integer> held =
          IntStream.range(0, ranks).filter(r -> r % planes.size() == first).boxed().toList();
      sites.add(new Site("host-" + i, "process-" + i, planes.get(i).endpoint(), held));
    }
    return new Placement(TOKEN, sites);
  }

  /** This rank's end of the group of all ranks, in an epoch that is placed everywhere. */
  Communicator communicator(long epoch, int ranks, int rank) {
    DataPlane plane = planes.get(rank % planes.size());
    plane.communicators().place(epoch, placement(ranks));
    return plane.communicators().open(epoch, new DeviceMesh(1, ranks).world(), rank);
  }

  /** What a rank does. */
  interface Body<T> {
    T run(Communicator communicator) throws Exception;
  }

  /** A thread a rank; results in rank order. A failure of one rank aborts the others. */
  <T> List<T> run(long epoch, int ranks, Body<T> body) {
    List<Communicator> ends =
        IntStream.range(0, ranks).mapToObj(rank -> communicator(epoch, ranks, rank)).toList();
    return run(ends, body);
  }

  static <T> List<T> run(List<Communicator> ends, Body<T> body) {
    try (ExecutorService threads = Executors.newFixedThreadPool(ends.size())) {
      List<Future<T>> futures = new ArrayList<>();
      for (Communicator end : ends) {
        Callable<T> task = () -> runRank(end, body);
        futures.add(threads.submit(task));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static <T> T runRank(Communicator communicator, Body<T> body) throws Exception {
    try (communicator) {
      return body.run(communicator);
    } catch (Exception | Error e) {
      communicator.abort("rank " + communicator.rank() + " failed: " + e);
      throw e;
    }
  }

  @Override
  public void close() {
    planes.forEach(DataPlane::close);
  }
}
