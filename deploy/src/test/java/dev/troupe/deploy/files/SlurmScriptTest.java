package dev.troupe.deploy.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Runs the batch script with a made-up Slurm of two nodes. */
@DisabledOnOs(OS.WINDOWS)
class SlurmScriptTest {
  private static final String SCRIPT = Shell.DEPLOY.resolve("slurm/troupe.sbatch").toString();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));
  private final Map<String, String> slurm = new HashMap<>();

  @BeforeEach
  void makeUpSlurm() throws Exception {
    folder = folder.toRealPath();
    shell = new Shell(folder);
    slurm.putAll(
        Map.of(
            "SLURM_JOB_ID", "17",
            "SLURM_JOB_NAME", "first",
            "SLURM_JOB_NODELIST", "gpu[7-8]",
            "SLURM_SUBMIT_DIR", folder.toString(),
            "SLURM_GPUS_ON_NODE", "8",
            "SLURM_CPUS_PER_TASK", "16"));
    shell.command(
        "scontrol",
        "case $1 in",
        "  show) [ \"$3\" = 'gpu[7-8]' ] && printf 'gpu7\\ngpu8\\n' ;;",
        "  requeue) echo \"requeued $2\" ;;",
        "esac");
    // Runs the command once a node, as srun does, and passes SIGTERM on.
    shell.command(
        "srun",
        "while [ \"${1#-}\" != \"$1\" ]; do printf '%s\\n' \"$1\" >>options; shift; done",
        "SLURMD_NODENAME=gpu7 \"$@\" & a=$!",
        "SLURMD_NODENAME=gpu8 \"$@\" & b=$!",
        "trap 'kill -TERM $a $b' TERM",
        "while kill -0 $a 2>/dev/null; do wait $a; done; wait $a; code=$?",
        "wait $b",
        "exit $code");
    shell.command("troupe", "printf '%s\\n' \"$*\" >\"args-$SLURMD_NODENAME\"", "exit ${CODE:-0}");
  }

  private Shell.Result sbatch(String... arguments) throws Exception {
    return shell.run(
        slurm,
        Stream.concat(Stream.of("bash", SCRIPT), Stream.of(arguments)).toArray(String[]::new));
  }

  private String arguments(String node) throws Exception {
    return Files.readString(folder.resolve("args-" + node)).strip();
  }

  @Test
  void eachNodeGetsItsNameAndTheFirstTheCoordinator() throws Exception {
    Shell.Result result = sbatch("job.conf", "data.path=my texts");
    assertEquals(0, result.exit(), result.out());
    String common =
        "node job.conf data.path=my texts --seed gpu7:7600 cluster.port=7600 cluster.secret-file="
            + folder
            + "/runs/first/cluster.secret run.dir="
            + folder
            + "/runs/first --ranks 8";
    assertEquals(common + " --control --name gpu7 cluster.host=gpu7", arguments("gpu7"));
    assertEquals(common + " --name gpu8 cluster.host=gpu8", arguments("gpu8"));
    List<String> options = Files.readAllLines(folder.resolve("options"));
    assertTrue(options.contains("--ntasks-per-node=1"), options.toString());
    assertTrue(options.contains("--cpus-per-task=16"), options.toString());
  }

  @Test
  void theSecretIsForItsOwnerAloneAndKept() throws Exception {
    sbatch();
    Path secret = folder.resolve("runs/first/cluster.secret");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(secret)));
    String value = Files.readString(secret);
    assertTrue(value.matches("[0-9a-f]{64}"), "64 hexadecimal digits");
    assertFalse(arguments("gpu7").contains(value));
    sbatch();
    assertEquals(value, Files.readString(secret));
  }

  @Test
  void theExitCodeIsHandedOn() throws Exception {
    slurm.put("CODE", "3");
    assertEquals(3, sbatch("job.conf").exit());
  }

  @Test
  void aDryRunPrintsAndDoesNothing() throws Exception {
    slurm.put("TROUPE_DRY_RUN", "1");
    Shell.Result result = sbatch("job.conf");
    assertEquals(0, result.exit(), result.out());
    assertTrue(result.out().startsWith("hosts: gpu7 gpu8\n"), result.out());
    assertTrue(result.out().contains("srun --ntasks-per-node=1"), result.out());
    assertTrue(result.out().contains("node job.conf --seed gpu7:7600"), result.out());
    assertFalse(Files.exists(folder.resolve("runs")));
    assertFalse(Files.exists(folder.resolve("args-gpu7")));
  }

  @Test
  void whereTheTimeIsUpTheRunSavesAndIsQueuedAgain() throws Exception {
    shell.command(
        "troupe",
        "trap 'echo saved $SLURMD_NODENAME; exit 0' TERM",
        ": >\"up-$SLURMD_NODENAME\"",
        "while :; do sleep 0.05; done");
    Path out = folder.resolve("out");
    Process script = shell.start(slurm, out, List.of("bash", SCRIPT));
    try {
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!(Files.exists(folder.resolve("up-gpu7"))
          && Files.exists(folder.resolve("up-gpu8")))) {
        assertTrue(System.nanoTime() < deadline, "the nodes did not start");
        Thread.onSpinWait();
      }
      new ProcessBuilder("kill", "-USR1", Long.toString(script.pid())).start().waitFor();
      assertEquals(0, script.waitFor());
    } finally {
      script.destroyForcibly();
    }
    String said = Files.readString(out);
    assertTrue(said.contains("saved gpu7") && said.contains("saved gpu8"), said);
    assertTrue(said.contains("requeued 17"), said);
  }

  @Test
  void outsideOfSlurmAndWithoutALauncherItSaysSo() throws Exception {
    slurm.put("TROUPE", "/nowhere/troupe");
    Shell.Result result = sbatch();
    assertEquals(2, result.exit());
    assertTrue(result.out().contains("TROUPE name it (now: '/nowhere/troupe')"), result.out());
    slurm.remove("SLURM_JOB_ID");
    assertTrue(sbatch().out().contains("no Slurm job"));
  }

  @Test
  void shellcheckFindsNothing() throws Exception {
    assumeTrue(Shell.has("shellcheck"), "needs shellcheck");
    Shell.Result result = shell.run(Map.of(), "shellcheck", "--severity=warning", SCRIPT);
    assertEquals(0, result.exit(), result.out());
  }
}
