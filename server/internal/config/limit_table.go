package config

import "github.com/fastpubsub/fastpubsub/server"

func connectionSettings(serve *Serve) Table {
	return Table{
		{
			Name: "auth-timeout", Group: groupConnections, Field: "AuthTimeout",
			Value:   Duration(&serve.Server.AuthTimeout, minInterval, maxInterval, ""),
			Meaning: "how long a client may take to show its token",
		},
		{
			Name: "keep-alive-interval", Group: groupConnections, Field: "KeepAliveInterval",
			Value:   Duration(&serve.Server.KeepAliveInterval, minInterval, maxInterval, ""),
			Meaning: "time between keep-alive pings; a client that misses two is gone",
		},
		{
			Name: "overflow-policy", Group: groupConnections, Field: "Overflow",
			Value:   Choice(&serve.Server.Overflow, server.OverflowDisconnect, server.OverflowDropOldest),
			Meaning: "what happens to a client whose outgoing queue is full",
		},
		{
			Name: "max-queue-bytes", Group: groupConnections, Field: "Limits.QueueBytes",
			Value:   Size(&serve.Server.Limits.QueueBytes, kibibyte, maxQueue),
			Meaning: "outgoing queue of one connection",
		},
		{
			Name: "max-queue-messages", Group: groupConnections, Field: "Limits.QueueMessages",
			Value:   Count(&serve.Server.Limits.QueueMessages, 1, maxCount, "messages", ""),
			Meaning: "outgoing queue of one connection",
		},
	}
}

func limitSettings(serve *Serve) Table {
	limits := &serve.Server.Limits
	return Table{
		{
			Name: "max-tenant-bytes", Group: groupLimits, Field: "Limits.TenantBytes",
			Value: Size(&limits.TenantBytes, 1, maxName), Meaning: "longest tenant",
		},
		{
			Name: "max-channel-bytes", Group: groupLimits, Field: "Limits.ChannelBytes",
			Value: Size(&limits.ChannelBytes, 1, maxName), Meaning: "longest channel and pattern",
		},
		{
			Name: "max-payload-bytes", Group: groupLimits, Field: "Limits.PayloadBytes",
			Value: Size(&limits.PayloadBytes, 1, maxPayload), Meaning: "largest payload",
		},
		{
			Name: "max-subscriptions", Group: groupLimits, Field: "Limits.Subscriptions",
			Value: Count(&limits.Subscriptions, 0, maxCount, "", "no limit"), Meaning: "subscriptions of one connection",
		},
		{
			Name: "max-connections", Group: groupLimits, Field: "Limits.Connections",
			Value: Count(&limits.Connections, 0, maxCount, "", "no limit"), Meaning: "connections of the whole server",
		},
		{
			Name: "max-connections-per-token", Group: groupLimits, Field: "Limits.ConnectionsPerToken",
			Value: Count(&limits.ConnectionsPerToken, 0, maxCount, "", "no limit"), Meaning: "connections of one token",
		},
		{
			Name: "max-publishes-per-second", Group: groupLimits, Field: "Limits.PublishesPerSecond",
			Value: Count(&limits.PublishesPerSecond, 0, maxCount, "", "no limit"), Meaning: "publishes of one connection",
		},
	}
}
