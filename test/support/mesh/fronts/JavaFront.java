// Java's own HTTPS server in front of the sandbox: java JavaFront.java KEYSTORE CLIENT_CA PORT UPSTREAM_PORT VERSION DEMANDS CRL
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.FileInputStream;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.KeyStore;
import java.security.cert.CRL;
import java.security.cert.CertStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.X509CertSelector;
import java.util.Collection;
import java.util.concurrent.Executors;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

public class JavaFront {
  public static void main(String[] args) throws Exception {
    char[] password = "changeit".toCharArray();
    KeyStore own = KeyStore.getInstance("PKCS12");
    try (InputStream in = new FileInputStream(args[0])) {
      own.load(in, password);
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own, password);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trusting(args[1], args[6]).getTrustManagers(), null);

    HttpsServer server = HttpsServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[2])), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters tls = context.getDefaultSSLParameters();
            tls.setProtocols(new String[] {args[4]});
            tls.setNeedClientAuth(args[5].equals("certificate"));
            parameters.setSSLParameters(tls);
          }
        });
    HttpClient client = HttpClient.newHttpClient();
    Set<String> restricted = Set.of("connection", "content-length", "host", "expect", "upgrade", "transfer-encoding");
    server.createContext("/", exchange -> {
      try {
        URI onward = URI.create("http://127.0.0.1:" + args[3] + exchange.getRequestURI());
        HttpRequest.Builder request = HttpRequest.newBuilder(onward)
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(exchange.getRequestBody().readAllBytes()));
        exchange.getRequestHeaders().forEach((name, values) -> {
          if (!restricted.contains(name.toLowerCase())) values.forEach(value -> request.header(name, value));
        });
        HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        answer.headers().firstValue("content-type").ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
        byte[] body = answer.body();
        exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
      } catch (InterruptedException error) {
        Thread.currentThread().interrupt();
      } finally {
        exchange.close();
      }
    });
    server.setExecutor(Executors.newFixedThreadPool(4));
    server.start();
  }

  private static TrustManagerFactory trusting(String caFile, String crlFile) throws Exception {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    int count = 0;
    try (InputStream in = new FileInputStream(caFile)) {
      for (Certificate each : factory.generateCertificates(in)) trusted.setCertificateEntry("ca" + count++, each);
    }
    TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
    if (crlFile.equals("none")) {
      managers.init(trusted);
      return managers;
    }
    try (InputStream in = new FileInputStream(crlFile)) {
      Collection<? extends CRL> lists = factory.generateCRLs(in);
      PKIXBuilderParameters parameters = new PKIXBuilderParameters(trusted, new X509CertSelector());
      parameters.setRevocationEnabled(true);
      parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists)));
      managers.init(new CertPathTrustManagerParameters(parameters));
      return managers;
    }
  }
}
