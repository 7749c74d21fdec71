/** The one kind of failure inside the SDK. The public package turns a Fault into its exception. */
@NullMarked
package com.fastpubsub.internal.fault;

import org.jspecify.annotations.NullMarked;
