package dev.troupe.proto.codec;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.troupe.proto.error.TroupeException;
import dev.troupe.proto.message.AgentCommand;
import dev.troupe.proto.message.ControlMessage;
import dev.troupe.proto.wire.Wire;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Puts {@link WorkerFrame}s into bytes and back. The one actor reference that such messages have,
 * the agent to report to, is not sent: it becomes the receiver's own.
 *
 * <p>Thread-safe.
 */
public final class WorkerFrames {
  private final Codecs codecs = new Codecs();
  private final Refs refs;

  private WorkerFrames(Refs refs) {
    this.refs = refs;
  }

  /** The agent's side: nothing that it receives names an agent. */
  public static WorkerFrames ofAgent() {
    return new WorkerFrames(new NoRef());
  }

  /** The worker process's side: what it receives names {@code agent} as the one to report to. */
  public static WorkerFrames ofWorker(ActorRef<AgentCommand> agent) {
    return new WorkerFrames(new OneRef(agent));
  }

  /** The bytes of a frame. */
  public byte[] write(WorkerFrame frame) {
    Wire.WorkerFrame.Builder wire = Wire.WorkerFrame.newBuilder();
    switch (frame) {
      case WorkerFrame.Hello hello ->
          wire.setHello(
              Wire.WorkerHello.newBuilder()
                  .setVersion(MessageSerializer.PROTOCOL_VERSION)
                  .setProcess(hello.process())
                  .setPid(hello.pid())
                  .setEndpoint(hello.endpoint())
                  .addAllGpus(hello.gpus().stream().map(WorkerFrames::wire).toList()));
      case WorkerFrame.Letter letter -> wire.setLetter(letter(letter));
      case WorkerFrame.Ping ping -> wire.setPing(Wire.Ping.getDefaultInstance());
      case WorkerFrame.Pong pong -> wire.setPong(Wire.Pong.getDefaultInstance());
    }
    return wire.build().toByteArray();
  }

  private Wire.RankLetter letter(WorkerFrame.Letter letter) {
    Codec<?, ?> codec = codecs.of(letter.message().getClass());
    if (codec == null) {
      throw new IllegalArgumentException("no codec for " + letter.message().getClass());
    }
    return Wire.RankLetter.newBuilder()
        .setRank(letter.rank())
        .setManifest(codec.manifest())
        .setMessage(ByteString.copyFrom(codec.write(letter.message(), refs)))
        .build();
  }

  /**
   * The frame that bytes hold.
   *
   * @throws TroupeException of category peer where they hold none, or one of another version
   */
  public WorkerFrame read(byte[] bytes) {
    try {
      Wire.WorkerFrame wire = Wire.WorkerFrame.parseFrom(bytes);
      return switch (wire.getContentCase()) {
        case HELLO -> hello(wire.getHello());
        case LETTER -> letter(wire.getLetter());
        case PING -> new WorkerFrame.Ping();
        case PONG -> new WorkerFrame.Pong();
        case CONTENT_NOT_SET -> throw damaged("it is empty");
      };
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      throw damaged(String.valueOf(e.getMessage()));
    }
  }

  private static WorkerFrame hello(Wire.WorkerHello wire) {
    if (wire.getVersion() != MessageSerializer.PROTOCOL_VERSION) {
      throw TroupeException.peer(
          "worker process %s speaks version %d of the protocol, its agent version %d; run the same version of Troupe"
              .formatted(wire.getProcess(), wire.getVersion(), MessageSerializer.PROTOCOL_VERSION));
    }
    return new WorkerFrame.Hello(
        wire.getProcess(),
        wire.getPid(),
        wire.getEndpoint(),
        wire.getGpusList().stream()
            .map(gpu -> new WorkerFrame.Gpu(gpu.getName(), gpu.getMemoryBytes()))
            .toList());
  }

  private static Wire.Gpu wire(WorkerFrame.Gpu gpu) {
    return Wire.Gpu.newBuilder().setName(gpu.name()).setMemoryBytes(gpu.memoryBytes()).build();
  }

  private WorkerFrame letter(Wire.RankLetter wire) throws InvalidProtocolBufferException {
    Codec<?, ?> codec = codecs.of(wire.getManifest());
    if (codec == null) {
      throw damaged("message '" + wire.getManifest() + "' is unknown");
    }
    ControlMessage message = (ControlMessage) codec.read(wire.getMessage().toByteArray(), refs);
    return new WorkerFrame.Letter(wire.getRank(), message);
  }

  private static TroupeException damaged(String why) {
    return TroupeException.peer("damaged frame between an agent and its worker process: " + why);
  }

  private record NoRef() implements Refs {
    @Override
    public String out(ActorRef<?> ref) {
      return "";
    }

    @Override
    public <T> ActorRef<T> in(String text) {
      throw new IllegalArgumentException("a worker process sends no reference");
    }
  }

  private record OneRef(ActorRef<?> agent) implements Refs {
    @Override
    public String out(ActorRef<?> ref) {
      return "";
    }

    @Override
    @SuppressWarnings("unchecked") // the only references in these messages are of this type
    public <T> ActorRef<T> in(String text) {
      return (ActorRef<T>) agent;
    }
  }
}
