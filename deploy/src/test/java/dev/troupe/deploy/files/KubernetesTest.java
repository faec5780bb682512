package dev.troupe.deploy.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.troupe.proto.config.JobConfig;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KubernetesTest {
  private static final Path FOLDER = Shell.DEPLOY.resolve("kubernetes");
  private static final Map<String, String> SELECTOR = Map.of("app.kubernetes.io/name", "troupe");

  private static <T extends HasMetadata> T base(String file, Class<T> kind) throws IOException {
    String text = Files.readString(FOLDER.resolve("base").resolve(file));
    return kind.cast(StrictYaml.read(text).getFirst());
  }

  private static <T extends HasMetadata> T only(List<HasMetadata> objects, Class<T> kind) {
    List<T> found = objects.stream().filter(kind::isInstance).map(kind::cast).toList();
    assertEquals(1, found.size(), kind.getSimpleName());
    return found.getFirst();
  }

  @Test
  void aFieldThatDoesNotExistIsAnError() {
    String text = "apiVersion: v1\nkind: Service\nspec: {clusterIp: None}\n";
    assertThrows(UnrecognizedPropertyException.class, () -> StrictYaml.read(text));
    String old = "apiVersion: apps/v1beta1\nkind: StatefulSet\n";
    assertThrows(IOException.class, () -> StrictYaml.read(old));
  }

  @Test
  void podsHaveStableNamesFromTheStartAndComeAllAtOnce() throws Exception {
    StatefulSet set = base("statefulset.yaml", StatefulSet.class);
    Service service = base("service.yaml", Service.class);
    assertEquals("Parallel", set.getSpec().getPodManagementPolicy());
    assertEquals(service.getMetadata().getName(), set.getSpec().getServiceName());
    assertEquals("None", service.getSpec().getClusterIP());
    assertTrue(service.getSpec().getPublishNotReadyAddresses());
    assertEquals(SELECTOR, service.getSpec().getSelector());
    assertEquals(SELECTOR, set.getSpec().getSelector().getMatchLabels());
    assertEquals(SELECTOR, set.getSpec().getTemplate().getMetadata().getLabels());
    assertEquals(
        List.of("ReadWriteMany"),
        base("storage.yaml", PersistentVolumeClaim.class).getSpec().getAccessModes());
  }

  @Test
  void podsMayDoNothingThatTrainingDoesNotNeed() throws Exception {
    PodSpec pod = base("statefulset.yaml", StatefulSet.class).getSpec().getTemplate().getSpec();
    Container node = pod.getContainers().getFirst();
    assertFalse(pod.getAutomountServiceAccountToken());
    assertFalse(
        base("serviceaccount.yaml", ServiceAccount.class).getAutomountServiceAccountToken());
    assertTrue(pod.getSecurityContext().getRunAsNonRoot());
    assertEquals("RuntimeDefault", pod.getSecurityContext().getSeccompProfile().getType());
    assertFalse(node.getSecurityContext().getAllowPrivilegeEscalation());
    assertTrue(node.getSecurityContext().getReadOnlyRootFilesystem());
    assertEquals(List.of("ALL"), node.getSecurityContext().getCapabilities().getDrop());
    assertEquals(120, pod.getTerminationGracePeriodSeconds());
    assertEquals(node.getResources().getLimits(), node.getResources().getRequests());

    NetworkPolicy policy = base("networkpolicy.yaml", NetworkPolicy.class);
    assertEquals(List.of("Ingress", "Egress"), policy.getSpec().getPolicyTypes());
    assertEquals(SELECTOR, policy.getSpec().getPodSelector().getMatchLabels());
    assertEquals(1, policy.getSpec().getIngress().size());
    assertEquals(
        SELECTOR,
        policy
            .getSpec()
            .getIngress()
            .getFirst()
            .getFrom()
            .getFirst()
            .getPodSelector()
            .getMatchLabels());
  }

  @Test
  void sharedMemoryIsLargerThanAContainersOwn() throws Exception {
    PodSpec pod = base("statefulset.yaml", StatefulSet.class).getSpec().getTemplate().getSpec();
    var volume =
        pod.getVolumes().stream().filter(v -> v.getName().equals("shared-memory")).findAny();
    assertEquals("Memory", volume.orElseThrow().getEmptyDir().getMedium());
    Quantity limit = volume.orElseThrow().getEmptyDir().getSizeLimit();
    assertTrue(limit.getNumericalAmount().longValue() >= 1L << 30, limit.toString());
    assertTrue(
        pod.getContainers().getFirst().getVolumeMounts().stream()
            .anyMatch(
                m -> m.getName().equals("shared-memory") && m.getMountPath().equals("/dev/shm")));
  }

  @Test
  void theJobsAreJobs() {
    assertEquals("cpu", JobConfig.load(FOLDER.resolve("base/job.conf"), List.of()).device());
  }

  @Test
  void overlaysMerge(@TempDir Path folder) throws Exception {
    assumeTrue(Shell.has("kubectl"), "needs kubectl");
    List<HasMetadata> base = kustomize(folder, "base");
    assertEquals(8, base.size());
    PodSpec pod = only(base, StatefulSet.class).getSpec().getTemplate().getSpec();
    String secret =
        pod.getVolumes().stream()
            .filter(volume -> volume.getSecret() != null)
            .findAny()
            .orElseThrow()
            .getSecret()
            .getSecretName();
    assertEquals(only(base, Secret.class).getMetadata().getName(), secret);
    assertEquals(
        Map.of("k8s-app", "kube-dns"),
        only(base, NetworkPolicy.class)
            .getSpec()
            .getEgress()
            .get(1)
            .getTo()
            .getFirst()
            .getPodSelector()
            .getMatchLabels());

    PodSpec gpu =
        only(kustomize(folder, "gpu"), StatefulSet.class).getSpec().getTemplate().getSpec();
    Container node = gpu.getContainers().getFirst();
    assertEquals(new Quantity("8"), node.getResources().getLimits().get("nvidia.com/gpu"));
    assertEquals(
        "8",
        node.getEnv().stream()
            .filter(e -> e.getName().equals("RANKS"))
            .findAny()
            .orElseThrow()
            .getValue());
    assertTrue(node.getImage().endsWith("-cuda"), node.getImage());
    assertEquals("nvidia.com/gpu", gpu.getTolerations().getFirst().getKey());
    assertEquals(pod.getVolumes().size(), gpu.getVolumes().size());
  }

  private static List<HasMetadata> kustomize(Path folder, String overlay) throws Exception {
    Shell.Result result =
        new Shell(folder).run(Map.of(), "kubectl", "kustomize", FOLDER.resolve(overlay).toString());
    assertEquals(0, result.exit(), result.out());
    return StrictYaml.read(result.out());
  }
}
