package dev.troupe.train;

import dev.troupe.proto.spec.CheckpointSpec;
import dev.troupe.proto.spec.CudaSpec;
import dev.troupe.proto.spec.IntegritySpec;
import dev.troupe.proto.spec.JobSpec;
import dev.troupe.proto.spec.NonFinite;
import dev.troupe.proto.spec.Precision;
import dev.troupe.proto.spec.ProfileSpec;
import dev.troupe.proto.spec.SamplesSpec;
import java.nio.file.Path;

/** A job with something changed. */
final class JobCopies {
  private JobCopies() {}

  /** The job on GPUs. */
  static JobSpec onGpu(JobSpec job, Precision precision, CudaSpec cuda) {
    return of(job, job.runDir(), "cuda", precision, cuda, job.profile());
  }

  /** The job with a trace, in a folder. */
  static JobSpec traced(JobSpec job, Path folder, ProfileSpec profile) {
    return of(job, folder.toString(), job.device(), job.precision(), job.cuda(), profile);
  }

  /** The job with another precision, and replicas compared after so many steps. */
  static JobSpec checked(JobSpec job, Precision precision, int every) {
    return of(
        job,
        job.runDir(),
        job.device(),
        precision,
        job.checkpoint(),
        new IntegritySpec(every, NonFinite.STOP),
        job.cuda(),
        job.profile());
  }

  /** The job with a folder for copies of checkpoint files. */
  static JobSpec withLocal(JobSpec job, String local) {
    CheckpointSpec c = job.checkpoint();
    return of(
        job,
        job.runDir(),
        job.device(),
        job.precision(),
        new CheckpointSpec(c.every(), c.keep(), c.dir(), local, c.from()),
        job.integrity(),
        job.cuda(),
        job.profile());
  }

  /** The job with texts that the model writes. */
  static JobSpec writing(JobSpec job, SamplesSpec samples) {
    return new JobSpec(
        job.runName(),
        job.runDir(),
        job.device(),
        job.precision(),
        job.seed(),
        job.logEvery(),
        job.logFormat(),
        job.model(),
        job.parallel(),
        job.train(),
        job.data(),
        job.checkpoint(),
        job.elastic(),
        job.integrity(),
        job.cluster(),
        job.cuda(),
        job.profile(),
        job.chaosPlan(),
        samples);
  }

  private static JobSpec of(
      JobSpec job,
      String runDir,
      String device,
      Precision precision,
      CudaSpec cuda,
      ProfileSpec profile) {
    return of(job, runDir, device, precision, job.checkpoint(), job.integrity(), cuda, profile);
  }

  private static JobSpec of(
      JobSpec job,
      String runDir,
      String device,
      Precision precision,
      CheckpointSpec checkpoint,
      IntegritySpec integrity,
      CudaSpec cuda,
      ProfileSpec profile) {
    return new JobSpec(
        job.runName(),
        runDir,
        device,
        precision,
        job.seed(),
        job.logEvery(),
        job.logFormat(),
        job.model(),
        job.parallel(),
        job.train(),
        job.data(),
        checkpoint,
        job.elastic(),
        integrity,
        job.cluster(),
        cuda,
        profile,
        job.chaosPlan(),
        job.samples());
  }
}
