package dev.troupe.deploy.cli;

import dev.troupe.proto.error.TroupeException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/** Proves the CUDA backend on this machine's GPU. */
@FunctionalInterface
public interface GpuCheckJob {
  /** Letters of the sections. */
  String SECTIONS = "abcdef";

  /**
   * Runs the check.
   *
   * @return 0 where all sections that make a complete check ran and passed, else 1
   * @throws TroupeException of category resource where there is no GPU
   */
  int run(Options options, PrintWriter out);

  /**
   * What to check.
   *
   * @param only letters of the sections to run
   * @param out the JSON file
   * @param small whether to use sizes for slow devices
   * @param python the Python that may have PyTorch
   * @param version of Troupe
   */
  record Options(Set<Character> only, Path out, boolean small, String python, String version) {
    public Options {
      only = Set.copyOf(new TreeSet<>(only));
      for (char letter : only) {
        if (SECTIONS.indexOf(letter) < 0) {
          throw TroupeException.usage(
              "--only %s: there are sections %s"
                  .formatted(letter, String.join(",", SECTIONS.split(""))));
        }
      }
    }
  }
}
