package dev.troupe.deploy.doctor;

import dev.troupe.deploy.host.Cpu;
import org.jspecify.annotations.Nullable;

/**
 * What {@code troupe doctor} found.
 *
 * @param java version and vendor of the JVM
 * @param javaHome its folder
 * @param platform operating system and architecture
 * @param cpu the processor
 * @param memoryTotal bytes of the machine or container
 * @param memoryAvailable bytes that can still be allocated
 * @param runFolder the folder that was asked about
 * @param diskFree bytes free there
 * @param oneDnn where the CPU's matrix library is; null where there is none for this platform
 * @param cuda the GPUs and their libraries
 */
public record DoctorReport(
    String java,
    String javaHome,
    String platform,
    Cpu cpu,
    long memoryTotal,
    long memoryAvailable,
    String runFolder,
    long diskFree,
    @Nullable String oneDnn,
    GpuFindings cuda) {}
