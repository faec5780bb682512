package dev.troupe.proto.codec;

import dev.troupe.proto.error.Category;
import dev.troupe.proto.message.DeviceInfo;
import dev.troupe.proto.message.Fence;
import dev.troupe.proto.message.Holding;
import dev.troupe.proto.message.MeshJob;
import dev.troupe.proto.message.RankPlace;
import dev.troupe.proto.message.RankSet;
import dev.troupe.proto.message.RankSite;
import dev.troupe.proto.message.RankTime;
import dev.troupe.proto.message.StepResult;
import dev.troupe.proto.wire.Wire;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The values inside messages, to Protobuf ({@code out}) and back ({@code in}). */
final class Values {
  private Values() {}

  static Wire.Fence out(Fence fence) {
    return Wire.Fence.newBuilder().setTerm(fence.term()).setEpoch(fence.epoch()).build();
  }

  static Fence in(Wire.Fence wire) {
    return new Fence(wire.getTerm(), wire.getEpoch());
  }

  static Wire.DeviceInfo out(DeviceInfo device) {
    return Wire.DeviceInfo.newBuilder()
        .setIndex(device.index())
        .setKind(device.kind())
        .setName(device.name())
        .setMemoryBytes(device.memoryBytes())
        .setProcess(device.process())
        .setEndpoint(device.endpoint())
        .build();
  }

  static DeviceInfo in(Wire.DeviceInfo wire) {
    return new DeviceInfo(
        wire.getIndex(),
        wire.getKind(),
        wire.getName(),
        wire.getMemoryBytes(),
        wire.getProcess(),
        wire.getEndpoint());
  }

  static Wire.RankSite out(RankSite site) {
    return Wire.RankSite.newBuilder()
        .setNode(site.node())
        .setHost(site.host())
        .setProcess(site.process())
        .setEndpoint(site.endpoint())
        .addAllRanks(site.ranks().list())
        .build();
  }

  static RankSite in(Wire.RankSite wire) {
    return new RankSite(
        wire.getNode(),
        wire.getHost(),
        wire.getProcess(),
        wire.getEndpoint(),
        RankSet.of(wire.getRanksList()));
  }

  static Wire.RankPlace out(RankPlace place) {
    return Wire.RankPlace.newBuilder().setRank(place.rank()).setDevice(place.device()).build();
  }

  static RankPlace in(Wire.RankPlace wire) {
    return new RankPlace(wire.getRank(), wire.getDevice());
  }

  static Wire.MeshJob out(MeshJob job) {
    Wire.MeshJob.Builder wire =
        Wire.MeshJob.newBuilder()
            .setJobText(job.jobText())
            .setTp(job.tp())
            .setDp(job.dp())
            .setResumeStep(job.resumeStep())
            .setToken(job.token())
            .addAllSites(job.sites().stream().map(Values::out).toList())
            .addAllHeld(job.held().stream().map(Values::out).toList());
    if (job.resumeFrom() != null) {
      wire.setResumeFrom(job.resumeFrom());
    }
    return wire.build();
  }

  static MeshJob in(Wire.MeshJob wire) {
    return new MeshJob(
        wire.getJobText(),
        wire.getTp(),
        wire.getDp(),
        wire.hasResumeFrom() ? wire.getResumeFrom() : null,
        wire.getResumeStep(),
        wire.getToken(),
        wire.getSitesList().stream().map(Values::in).toList(),
        wire.getHeldList().stream().map(Values::in).toList());
  }

  static Wire.Holding out(Holding holding) {
    return Wire.Holding.newBuilder()
        .setEpoch(holding.epoch())
        .setStep(holding.step())
        .setDp(holding.dp())
        .setDpIndex(holding.dpIndex())
        .setTpIndex(holding.tpIndex())
        .setProcess(holding.process())
        .setDigest(holding.digest())
        .build();
  }

  static Holding in(Wire.Holding wire) {
    return new Holding(
        wire.getEpoch(),
        wire.getStep(),
        wire.getDp(),
        wire.getDpIndex(),
        wire.getTpIndex(),
        wire.getProcess(),
        wire.getDigest());
  }

  static Wire.RankTime out(RankTime time) {
    return Wire.RankTime.newBuilder().setRank(time.rank()).setSeconds(time.seconds()).build();
  }

  static RankTime in(Wire.RankTime wire) {
    return new RankTime(wire.getRank(), wire.getSeconds());
  }

  static List<Wire.SampleText> out(SortedMap<Integer, String> texts) {
    return texts.entrySet().stream()
        .map(
            text ->
                Wire.SampleText.newBuilder()
                    .setPrompt(text.getKey())
                    .setText(text.getValue())
                    .build())
        .toList();
  }

  static SortedMap<Integer, String> in(List<Wire.SampleText> wire) {
    SortedMap<Integer, String> texts = new TreeMap<>();
    wire.forEach(text -> texts.put(text.getPrompt(), text.getText()));
    return texts;
  }

  static Wire.StepResult out(StepResult result) {
    return Wire.StepResult.newBuilder()
        .setLoss(result.loss())
        .setGradNorm(result.gradNorm())
        .setLr(result.lr())
        .setTokens(result.tokens())
        .addAllSourceLosses(result.sourceLosses())
        .build();
  }

  static StepResult in(Wire.StepResult wire) {
    return new StepResult(
        wire.getLoss(),
        wire.getGradNorm(),
        wire.getLr(),
        wire.getTokens(),
        wire.getSourceLossesList());
  }

  static Wire.FailureCategory out(Category category) {
    return switch (category) {
      case USAGE -> Wire.FailureCategory.FAILURE_CATEGORY_USAGE;
      case DATA -> Wire.FailureCategory.FAILURE_CATEGORY_DATA;
      case RESOURCE -> Wire.FailureCategory.FAILURE_CATEGORY_RESOURCE;
      case PEER -> Wire.FailureCategory.FAILURE_CATEGORY_PEER;
      case INTERNAL -> Wire.FailureCategory.FAILURE_CATEGORY_INTERNAL;
    };
  }

  static Category in(Wire.FailureCategory wire) {
    return switch (wire) {
      case FAILURE_CATEGORY_USAGE -> Category.USAGE;
      case FAILURE_CATEGORY_DATA -> Category.DATA;
      case FAILURE_CATEGORY_RESOURCE -> Category.RESOURCE;
      case FAILURE_CATEGORY_PEER -> Category.PEER;
      case FAILURE_CATEGORY_INTERNAL -> Category.INTERNAL;
      case FAILURE_CATEGORY_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("unknown failure category " + wire);
    };
  }
}
