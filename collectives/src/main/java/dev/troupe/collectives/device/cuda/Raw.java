package dev.troupe.collectives.device.cuda;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jcuda.NativePointerObject;
import jcuda.Pointer;

/**
 * Raw handles of JCuda's objects. JCuda hides them, since it means its objects to be made by its
 * own calls only; an object that is made once and set to another address for each call keeps copies
 * and memsets from allocating.
 */
final class Raw {
  private static final VarHandle HANDLE = handleField();

  private Raw() {}

  private static VarHandle handleField() {
    try {
      return MethodHandles.privateLookupIn(NativePointerObject.class, MethodHandles.lookup())
          .findVarHandle(NativePointerObject.class, "nativePointer", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The handle or address that an object stands for. */
  static long handle(NativePointerObject object) {
    return (long) HANDLE.get(object);
  }

  /** Sets the address of a pointer; not thread-safe. */
  static <P extends Pointer> P set(P pointer, long address) {
    HANDLE.set(pointer, address);
    return pointer;
  }
}
