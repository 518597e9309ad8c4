<?php
/**
 * What this site remembers of a person's connection. The password is not part of it.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * A record in the user's meta: {status, pairing, uuid, chat_url, at, tenant, before}.
 *
 * Status: working, connected, broken, safe_mode, or revoked (the password was removed here).
 * `before` is the connection that a running renewal will replace.
 */
final class Connection {

	const META = 'slipway_connect';

	/**
	 * The record of a person.
	 *
	 * @param int $user User.
	 * @return array|null
	 */
	public static function of( $user ) {
		$record = get_user_meta( $user, self::META, true );
		return is_array( $record ) && isset( $record['status'], $record['pairing'], $record['uuid'] ) ? $record : null;
	}

	/**
	 * Builds a record.
	 *
	 * @param string     $uuid   Uuid of the password.
	 * @param Answer     $answer What the portal said to it.
	 * @param array|null $before The connection that this one replaces.
	 * @return array
	 */
	public static function record( $uuid, $answer, $before ) {
		$chat = self::chat_url( $answer->text( 'chat_url' ) );
		return array(
			'status'   => 'connected' === $answer->text( 'status' ) ? 'connected' : 'working',
			'pairing'  => $answer->text( 'pairing' ),
			'uuid'     => $uuid,
			'chat_url' => '' === $chat && $before ? $before['chat_url'] : $chat,
			'at'       => time(),
			'tenant'   => Config::get( 'SLIPWAY_TENANT_ID' ),
			'before'   => $before,
		);
	}

	/**
	 * Stores a record.
	 *
	 * @param int   $user   User.
	 * @param array $record Record.
	 */
	public static function save( $user, $record ) {
		update_user_meta( $user, self::META, $record );
		delete_transient( 'slipway_state_' . $user );
	}

	/**
	 * Forgets a record.
	 *
	 * @param int $user User.
	 */
	public static function forget( $user ) {
		delete_user_meta( $user, self::META );
		delete_transient( 'slipway_state_' . $user );
	}

	/**
	 * The connection that works now and would survive a failed renewal, if there is one.
	 *
	 * @param int $user User.
	 * @return array|null
	 */
	public static function standing( $user ) {
		$record = self::of( $user );
		if ( $record && 'working' === $record['status'] ) {
			$record = $record['before'] ?? null;
		}
		if ( ! $record || 'revoked' === $record['status'] || ! in_array( $record['uuid'], Passwords::of( $user ), true ) ) {
			return null;
		}
		$record['before'] = null;
		return $record;
	}

	/**
	 * Whether a person is connected, as far as this site knows without asking.
	 *
	 * @param int $user User.
	 * @return bool
	 */
	public static function is_on( $user ) {
		$record = self::of( $user );
		return $record && ( 'connected' === $record['status'] || ( 'working' === $record['status'] && ! empty( $record['before'] ) ) )
			&& self::is_of_this_site( $record ) && '' !== $record['chat_url'];
	}

	/**
	 * Whether a record was made here, and did not come along with a copied database.
	 *
	 * @param array $record Record.
	 * @return bool
	 */
	public static function is_of_this_site( $record ) {
		return Config::get( 'SLIPWAY_TENANT_ID' ) === ( $record['tenant'] ?? '' ) && ! Config::moved();
	}

	/**
	 * An address that may stand in a link: http or https, a host, no sign-in data.
	 *
	 * @param string $url Address.
	 * @return string The address, or ''.
	 */
	public static function chat_url( $url ) {
		$parts = wp_parse_url( $url );
		if ( ! $parts || empty( $parts['host'] ) || isset( $parts['user'] ) || ! in_array( $parts['scheme'] ?? '', array( 'http', 'https' ), true ) ) {
			return '';
		}
		return esc_url_raw( $url, array( 'http', 'https' ) );
	}
}
