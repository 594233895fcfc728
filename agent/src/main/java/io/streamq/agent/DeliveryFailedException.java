package io.streamq.agent;

/** Experience accepted earlier could not be delivered; the message says how much, why and what to do. */
public final class DeliveryFailedException extends RuntimeException {
    public DeliveryFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
