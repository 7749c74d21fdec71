mod bench;
mod connecting;
mod moving;
mod publishing;
mod reading;
mod renewing;
