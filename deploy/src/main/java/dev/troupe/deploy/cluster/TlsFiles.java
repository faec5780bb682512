package dev.troupe.deploy.cluster;

import dev.troupe.proto.error.TroupeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.apache.pekko.pki.pem.DERPrivateKeyLoader;
import org.apache.pekko.pki.pem.PEMDecoder;

/**
 * The identity of a node, tried before anything starts: Pekko reads the files only when the first
 * peer connects, and says little. It takes an RSA key, and a certificate that the authority itself
 * signed. The certificates of all nodes share one name (CN or SAN): a peer with none of this node's
 * names is refused.
 */
record TlsFiles(Path key, Path certificate, Path authority) {
  private static final String SETTINGS = "cluster.tls.";
  private static final byte[] TRIAL = "troupe".getBytes(StandardCharsets.US_ASCII);

  /**
   * Checks that the three fit together.
   *
   * @throws TroupeException (usage) otherwise
   */
  void check() {
    PrivateKey secret = readKey();
    X509Certificate own = readCertificate("cert-file", certificate);
    X509Certificate root = readCertificate("ca-file", authority);
    checkDates("cert-file", certificate, own);
    checkDates("ca-file", authority, root);
    if (!fits(secret, own)) {
      throw wrong("key-file", key, "is not the key of " + certificate);
    }
    try {
      own.verify(root.getPublicKey());
    } catch (GeneralSecurityException foreign) {
      throw wrong(
          "cert-file",
          certificate,
          "was not signed by " + authority + ". Give the authority that signed it.");
    }
  }

  private PrivateKey readKey() {
    String text = new String(read("key-file", key), StandardCharsets.ISO_8859_1);
    try {
      return DERPrivateKeyLoader.load(PEMDecoder.decode(text));
    } catch (Exception damaged) { // Pekko's loader lets checked ones of the JDK through undeclared
      throw wrong(
          "key-file",
          key,
          "holds no RSA key that can be read: a PEM file, PKCS #8, without a password, is needed");
    }
  }

  private static X509Certificate readCertificate(String setting, Path file) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(read(setting, file)));
    } catch (CertificateException damaged) {
      throw wrong(setting, file, "holds no X.509 certificate in PEM form");
    }
  }

  private static boolean fits(PrivateKey secret, X509Certificate own) {
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(secret);
      signature.update(TRIAL);
      byte[] signed = signature.sign();
      signature.initVerify(own.getPublicKey());
      signature.update(TRIAL);
      return signature.verify(signed);
    } catch (GeneralSecurityException other) {
      return false;
    }
  }

  private static void checkDates(String setting, Path file, X509Certificate certificate) {
    try {
      certificate.checkValidity();
    } catch (CertificateException outside) {
      throw wrong(
          setting,
          file,
          "is valid from %s to %s, and not now"
              .formatted(
                  certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant()));
    }
  }

  private static byte[] read(String setting, Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException absent) {
      throw wrong(setting, file, "does not exist");
    } catch (IOException unreadable) {
      throw wrong(setting, file, "cannot be read by this user");
    }
  }

  private static TroupeException wrong(String setting, Path file, String what) {
    return TroupeException.usage(SETTINGS + setting + ": " + file + " " + what);
  }
}
