package dev.troupe.deploy.cluster;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.serialization.Serializer;
import org.jspecify.annotations.Nullable;

/** Makes a serializer the way Pekko would: by the first constructor that it knows. */
final class OriginalSerializer {
  private static final Class<?>[][] CONSTRUCTORS = {
    {ExtendedActorSystem.class},
    {ActorSystem.class},
    {ClassicActorSystemProvider.class},
    {},
    {ExtendedActorSystem.class, String.class},
    {ActorSystem.class, String.class},
    {ClassicActorSystemProvider.class, String.class},
  };

  private OriginalSerializer() {}

  static Serializer create(ExtendedActorSystem system, String name, String type) {
    try {
      Class<? extends Serializer> found =
          Class.forName(type, true, system.dynamicAccess().classLoader())
              .asSubclass(Serializer.class);
      Object[] all = {system, name};
      for (Class<?>[] shape : CONSTRUCTORS) {
        Constructor<? extends Serializer> constructor = constructor(found, shape);
        if (constructor != null) {
          return constructor.newInstance(Arrays.copyOf(all, shape.length));
        }
      }
      throw new IllegalStateException("serializer " + type + " has no constructor of Pekko's");
    } catch (InvocationTargetException failed) {
      throw new IllegalStateException("serializer " + type + " cannot start", failed.getCause());
    } catch (ReflectiveOperationException failed) {
      throw new IllegalStateException("serializer " + type + " cannot be made", failed);
    }
  }

  private static @Nullable Constructor<? extends Serializer> constructor(
      Class<? extends Serializer> type, Class<?>[] shape) {
    try {
      Constructor<? extends Serializer> constructor = type.getDeclaredConstructor(shape);
      constructor.trySetAccessible();
      return constructor;
    } catch (NoSuchMethodException other) {
      return null;
    }
  }
}
