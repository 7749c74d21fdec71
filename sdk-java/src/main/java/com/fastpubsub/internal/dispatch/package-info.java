/** From the deliveries of the connections to the subscriptions: in order, and each message once. */
@NullMarked
package com.fastpubsub.internal.dispatch;

import org.jspecify.annotations.NullMarked;
