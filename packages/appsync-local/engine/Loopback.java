import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;

/**
 * Starts DynamoDB Local so that it answers on 127.0.0.1 alone: by itself it listens on every interface, and has no
 * option for that. Its arguments are those of the engine. Compiled beside this file by `javac --release 17`, as a
 * Java runtime does not compile.
 */
public final class Loopback {
  public static void main(String[] arguments) throws Exception {
    try {
      Class<?> runner = Class.forName("software.amazon.dynamodb.services.local.main.ServerRunner");
      Object engine =
          runner.getMethod("createServerFromCommandLineArgs", String[].class).invoke(null, (Object) arguments);
      Field field = engine.getClass().getDeclaredField("server");
      field.setAccessible(true);
      Object server = field.get(engine);
      Object[] connectors = (Object[]) server.getClass().getMethod("getConnectors").invoke(server);
      for (Object connector : connectors)
        connector.getClass().getMethod("setHost", String.class).invoke(connector, "127.0.0.1");
      engine.getClass().getMethod("start").invoke(engine);
    } catch (ReflectiveOperationException error) {
      Throwable cause = error instanceof InvocationTargetException ? error.getCause() : error;
      cause.printStackTrace();
      System.exit(1);
    }
  }
}
