package tokenadmin

// What one token may hold. created_by, description and the size of a page stand in
// the contract; the others were chosen by us: far beyond what a token needs, small
// enough that a token is never a burden to a server.
const (
	maxCreatedByBytes   = 256
	maxDescriptionBytes = 1024

	// maxGrants is how many tenant_grants a token has.
	maxGrants = 256
	// maxNames is how many tenants and rules a token has, in all its grants.
	maxNames = 4096
	// maxRightBytes is how long all texts of a right are together.
	maxRightBytes = 256 << 10
	// maxIPMasks, maxRegions and maxOrigins bound the other lists.
	maxIPMasks = 256
	maxRegions = 64
	maxOrigins = 64
	// maxIPMaskBytes is longer than any IPv6 CIDR block, 43 bytes.
	maxIPMaskBytes = 64
	maxRegionBytes = 128
	// maxOriginBytes has room for the longest host name, 253 bytes.
	maxOriginBytes = 512

	defaultPageSize = 100
	maxPageSize     = 1000
	// maxPageBytes ends a page early, so that it stays below the 4 MiB that gRPC
	// clients take by default.
	maxPageBytes = 1 << 20
	// listChunk is how many records are read from the store at once.
	listChunk = 50
)
