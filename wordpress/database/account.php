<?php
/**
 * Looks at a site's database on a managed MariaDB, or prepares it. Runs as a short Job inside the network that reaches it.
 *
 * Usage: php account.php ORDER ANSWER
 *
 * ORDER is a JSON file: act (look or prepare), mark, rights, owner (host, port, tls, user, password), account (database, user,
 * password). ANSWER gets one JSON object: seen is ready, absent, drifted (with what), foreign or trouble (with whose,
 * number, said). The portal does the same itself where it stands in the network: reach/direct.rs.
 *
 * @package Slipway_Database
 */

if ( 'cli' !== PHP_SAPI ) {
	http_response_code( 404 );
	exit;
}

// A locked or unknown user, a wrong password, no right to the database, no such database.
const SLIPWAY_REFUSALS = array( 1044, 1045, 1049, 1524, 4151 );
// MariaDB's own number for it (ER_SECURE_TRANSPORT_REQUIRED).
const SLIPWAY_WANTS_TLS = 3159;
const SLIPWAY_TLS       = MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_DONT_VERIFY_SERVER_CERT;
const SLIPWAY_VERIFIED  = MYSQLI_CLIENT_SSL | MYSQLI_CLIENT_SSL_VERIFY_SERVER_CERT;

/**
 * Signs in, by TLS or without.
 *
 * @param object $owner    Where the server is.
 * @param int    $flags    Of mysqli: whether there is TLS, and whether its certificate is looked at.
 * @param string $user     Who signs in.
 * @param string $password With what.
 * @param string $database Where to; empty for none.
 * @return mysqli
 * @throws mysqli_sql_exception When it cannot.
 */
function slipway_database_connect( $owner, $flags, $user, #[\SensitiveParameter] $password, $database = '' ) {
	$connection = mysqli_init();
	$connection->options( MYSQLI_OPT_CONNECT_TIMEOUT, 10 );
	$connection->options( MYSQLI_OPT_READ_TIMEOUT, 60 );
	$connection->real_connect( $owner->host, $user, $password, $database, $owner->port, null, $flags );
	$connection->set_charset( 'utf8mb4' );
	return $connection;
}

/**
 * Signs in as the owner: as the order says, or where it says nothing by TLS where the server has it.
 *
 * @param object $owner The owner.
 * @return mysqli
 * @throws mysqli_sql_exception When it cannot.
 */
function slipway_database_owner( $owner ) {
	$flags = 'verified' === $owner->tls ? SLIPWAY_VERIFIED : SLIPWAY_TLS;
	try {
		return slipway_database_connect( $owner, $flags, $owner->user, $owner->password );
	} catch ( mysqli_sql_exception $e ) {
		// From 2000 on it is the client that gave up, not the server that refused.
		if ( 'off' !== $owner->tls || $e->getCode() < 2000 ) {
			throw $e;
		}
		return slipway_database_connect( $owner, 0, $owner->user, $owner->password );
	}
}

/**
 * Signs in as the site will. Servers that demand TLS say to one without that its password is wrong (MariaDB 10.11), so a
 * refusal is tried once more with TLS before it is believed.
 *
 * @param object $owner   Where the server is.
 * @param object $account The site's.
 * @return mysqli
 * @throws mysqli_sql_exception When it cannot; of the number 3159 when it is for want of TLS.
 */
function slipway_database_site( $owner, $account ) {
	$flags = array(
		'off'      => 0,
		'on'       => SLIPWAY_TLS,
		'verified' => SLIPWAY_VERIFIED,
	)[ $owner->tls ];
	try {
		return slipway_database_connect( $owner, $flags, $account->user, $account->password, $account->database );
	} catch ( mysqli_sql_exception $refusal ) {
		if ( 'off' !== $owner->tls || ! in_array( $refusal->getCode(), SLIPWAY_REFUSALS, true ) ) {
			throw $refusal;
		}
		try {
			slipway_database_connect( $owner, SLIPWAY_TLS, $account->user, $account->password, $account->database );
		} catch ( mysqli_sql_exception $same ) {
			throw $refusal;
		}
		throw new mysqli_sql_exception( 'The server demands TLS.', SLIPWAY_WANTS_TLS );
	}
}

/**
 * An identifier between backticks.
 *
 * @param string $name Name.
 * @return string
 */
function slipway_database_quoted( $name ) {
	return '`' . str_replace( '`', '``', $name ) . '`';
}

/**
 * A literal that reads the same with and without NO_BACKSLASH_ESCAPES.
 *
 * @param string $text Text.
 * @return string
 */
function slipway_database_literal( $text ) {
	return "'" . str_replace( array( '\\', "\0", "'" ), array( '', '', "''" ), $text ) . "'";
}

/**
 * A database's name where MariaDB takes a pattern.
 *
 * @param string $name Name.
 * @return string
 */
function slipway_database_pattern( $name ) {
	return str_replace( array( '_', '%' ), array( '\\_', '\\%' ), $name );
}

/**
 * What differs between the site's user as it should be and as it is.
 *
 * @param object $order The order.
 * @return string Empty for nothing.
 * @throws mysqli_sql_exception When the server does not say.
 */
function slipway_database_difference( $order ) {
	$account = $order->account;
	try {
		$site = slipway_database_site( $order->owner, $account );
	} catch ( mysqli_sql_exception $e ) {
		if ( in_array( $e->getCode(), SLIPWAY_REFUSALS, true ) ) {
			return "The user $account->user cannot sign in to $account->database.";
		}
		throw $e;
	}
	// The owner's own rights are the server's business.
	if ( $account->user === $order->owner->user ) {
		return '';
	}
	$query = $site->prepare( 'SELECT PRIVILEGE_TYPE FROM information_schema.SCHEMA_PRIVILEGES WHERE GRANTEE = ? AND TABLE_SCHEMA = ? ORDER BY PRIVILEGE_TYPE' );
	$who   = slipway_database_literal( $account->user ) . "@'%'";
	$where = slipway_database_pattern( $account->database );
	$query->bind_param( 'ss', $who, $where );
	$query->execute();
	$rights = array_column( $query->get_result()->fetch_all(), 0 );
	return $rights === $order->rights ? '' : "The rights of $account->user on $account->database are not the wanted ones.";
}

/**
 * What is there.
 *
 * @param mysqli $connection The owner's.
 * @param object $order      The order.
 * @return array
 * @throws mysqli_sql_exception When the server does not say.
 */
function slipway_database_seen( $connection, $order ) {
	$name  = $order->account->database;
	$query = $connection->prepare( 'SELECT SCHEMA_COMMENT, DEFAULT_CHARACTER_SET_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = ?' );
	$query->bind_param( 's', $name );
	$query->execute();
	$found = $query->get_result()->fetch_row();
	if ( ! $found ) {
		return array( 'seen' => 'absent' );
	}
	if ( '' === $found[0] ) {
		$what = "The database $name does not carry the tenant's mark yet.";
	} elseif ( $found[0] !== $order->mark ) {
		return array( 'seen' => 'foreign' );
	} elseif ( 'utf8mb4' !== $found[1] ) {
		$what = "The database $name keeps its texts as $found[1].";
	} else {
		$what = slipway_database_difference( $order );
	}
	return '' === $what ? array( 'seen' => 'ready' ) : array(
		'seen' => 'drifted',
		'what' => $what,
	);
}

/**
 * Does what the order says.
 *
 * @param object $order The order.
 * @param string $whose Whose doing it is: what a refusal means depends on it.
 * @return array
 * @throws mysqli_sql_exception When the server refuses.
 */
function slipway_database_act( $order, &$whose ) {
	$whose      = 'owner';
	$connection = slipway_database_owner( $order->owner );
	$seen       = slipway_database_seen( $connection, $order );
	if ( 'prepare' !== $order->act || in_array( $seen['seen'], array( 'ready', 'foreign' ), true ) ) {
		return $seen;
	}
	$database = slipway_database_quoted( $order->account->database );
	$settings = 'CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci COMMENT ' . slipway_database_literal( $order->mark );
	$connection->query( "CREATE DATABASE IF NOT EXISTS $database $settings" );
	$connection->query( "ALTER DATABASE $database $settings" );
	if ( $order->account->user !== $order->owner->user ) {
		$whose   = 'granting';
		$account = slipway_database_literal( $order->account->user ) . "@'%'";
		$place   = slipway_database_quoted( slipway_database_pattern( $order->account->database ) );
		// As the server keeps it (mysql_native_password), so that the password itself is in none of its logs.
		$hash = '*' . strtoupper( sha1( sha1( $order->account->password, true ) ) );
		$connection->query( "CREATE USER IF NOT EXISTS $account IDENTIFIED BY PASSWORD '$hash' ACCOUNT UNLOCK" );
		$connection->query( "ALTER USER $account IDENTIFIED BY PASSWORD '$hash' ACCOUNT UNLOCK" );
		$connection->query( "REVOKE ALL PRIVILEGES, GRANT OPTION FROM $account" );
		$connection->query( 'GRANT ' . implode( ', ', $order->rights ) . " ON $place.* TO $account" );
		$whose = 'owner';
	}
	return slipway_database_seen( $connection, $order );
}

// Authorities beside the system's own, if there are any: OpenSSL reads the variable.
if ( is_file( dirname( $argv[1] ) . '/ca.pem' ) ) {
	putenv( 'SSL_CERT_FILE=' . dirname( $argv[1] ) . '/ca.pem' );
}
ini_set( 'display_errors', '0' );
mysqli_report( MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT );
$slipway_whose = 'owner';
try {
	$slipway_answer = slipway_database_act( json_decode( (string) file_get_contents( $argv[1] ), false, 16, JSON_THROW_ON_ERROR ), $slipway_whose );
} catch ( mysqli_sql_exception $slipway_error ) {
	$slipway_answer = array(
		'seen'   => 'trouble',
		'whose'  => $slipway_whose,
		'number' => $slipway_error->getCode(),
		'said'   => substr( $slipway_error->getMessage(), 0, 400 ),
	);
}
// Where the answer goes, nothing longer than 4,096 bytes is kept.
file_put_contents( $argv[2], json_encode( $slipway_answer, JSON_INVALID_UTF8_SUBSTITUTE ) );
