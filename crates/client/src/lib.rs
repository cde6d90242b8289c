//! A blocking TUF client: transports, cache, target download. What an application embeds.
