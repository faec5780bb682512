package dev.troupe.actor;

import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.RankSite;
import dev.troupe.train.HeldKey;
import dev.troupe.train.RankHome;
import dev.troupe.train.Start;
import dev.troupe.train.StateVault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Held states between messages and what trainers take. */
final class Holdings {
  private Holdings() {}

  /** What {@code vault} holds, as {@code process} reports it. */
  static List<Holding> of(StateVault vault, String process) {
    List<Holding> holdings = new ArrayList<>();
    vault
        .digests()
        .forEach(
            (key, digest) ->
                holdings.add(
                    new Holding(
                        key.epoch(),
                        key.step(),
                        key.dp(),
                        key.dpIndex(),
                        key.tpIndex(),
                        process,
                        digest)));
    return holdings;
  }

  /** Where the ranks of {@code job} start from. */
  static Start start(MeshJob job) {
    String from = job.resumeFrom();
    if (job.held().isEmpty()) {
      return from == null ? new Start.Initial() : new Start.Checkpoint(Path.of(from));
    }
    Map<HeldKey, List<String>> processes = new LinkedHashMap<>();
    for (Holding held : job.held()) {
      HeldKey key =
          new HeldKey(held.epoch(), held.step(), held.dp(), held.dpIndex(), held.tpIndex());
      processes.computeIfAbsent(key, k -> new ArrayList<>()).add(held.process());
    }
    return new Start.Memory(
        job.resumeStep(),
        processes.entrySet().stream()
            .map(part -> new Start.Part(part.getKey(), part.getValue()))
            .toList());
  }

  /** Where the ranks of {@code job} run, by rank. */
  static List<RankHome> homes(MeshJob job) {
    RankHome[] homes = new RankHome[job.worldSize()];
    for (RankSite site : job.sites()) {
      RankHome home = new RankHome(site.node(), site.process());
      site.ranks().list().forEach(rank -> homes[rank] = home);
    }
    return Arrays.asList(homes);
  }
}
