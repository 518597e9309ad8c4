<?php
/**
 * The application passwords that the chat works with.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

use WP_Application_Passwords;

/**
 * Makes and removes them, and notices when somebody else removes one.
 */
final class Passwords {

	/**
	 * Name in the person's profile.
	 */
	const NAME = 'Chat (Slipway)';

	/**
	 * True while this plugin itself removes one, so that it does not report itself.
	 *
	 * @var bool
	 */
	private static $own = false;

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_action( 'wp_delete_application_password', array( __CLASS__, 'removed' ), 10, 2 );
	}

	/**
	 * Makes one for a person.
	 *
	 * @param int $user User.
	 * @return array|null {password, uuid}; the password is nowhere else in plain text.
	 */
	public static function create( $user ) {
		$made = WP_Application_Passwords::create_new_application_password(
			$user,
			array(
				'name'   => self::unused_name( $user ),
				'app_id' => Config::app_id(),
			)
		);
		return is_wp_error( $made ) ? null : array(
			'password' => $made[0],
			'uuid'     => $made[1]['uuid'],
		);
	}

	/**
	 * A name that none of the person's passwords has: up to WordPress 6.6 it refuses a second one of a name, and while a
	 * credential is renewed there are two.
	 *
	 * @param int $user User.
	 * @return string
	 */
	private static function unused_name( $user ) {
		$taken = array_map( 'strtolower', array_column( WP_Application_Passwords::get_user_application_passwords( $user ), 'name' ) );
		$name  = self::NAME;
		for ( $number = 2; in_array( strtolower( $name ), $taken, true ); $number++ ) {
			$name = self::NAME . ' ' . $number;
		}
		return $name;
	}

	/**
	 * Makes one, lets it be tried, and removes it again. Alone: WordPress keeps all of a person's in one row.
	 *
	 * @param int      $user User.
	 * @param callable $try  Takes {password, uuid}.
	 * @return mixed What came of it; null when none could be made.
	 */
	public static function tried( $user, $try ) {
		return Lock::alone(
			$user,
			static function () use ( $user, $try ) {
				$made = self::create( $user );
				if ( ! $made ) {
					return null;
				}
				try {
					return $try( $made );
				} finally {
					wp_cache_delete( $user, 'user_meta' );
					self::remove( $user, $made['uuid'] );
				}
			}
		);
	}

	/**
	 * Those of a person that belong to the chat.
	 *
	 * @param int $user User.
	 * @return string[] Their uuids.
	 */
	public static function of( $user ) {
		$found = array();
		foreach ( WP_Application_Passwords::get_user_application_passwords( $user ) as $item ) {
			if ( strtolower( (string) ( $item['app_id'] ?? '' ) ) === Config::app_id() ) {
				$found[] = $item['uuid'];
			}
		}
		return $found;
	}

	/**
	 * Removes one of the chat's.
	 *
	 * @param int    $user User.
	 * @param string $uuid Which.
	 */
	public static function remove( $user, $uuid ) {
		self::$own = true;
		WP_Application_Passwords::delete_application_password( $user, $uuid );
		self::$own = false;
	}

	/**
	 * Removes the chat's passwords of a person.
	 *
	 * @param int      $user User.
	 * @param string[] $keep Uuids that stay.
	 */
	public static function remove_others( $user, $keep = array() ) {
		foreach ( array_diff( self::of( $user ), $keep ) as $uuid ) {
			self::remove( $user, $uuid );
		}
	}

	/**
	 * Removes all passwords of a person, the chat's and others, without a word to the portal: it asked for that.
	 *
	 * @param int $user User.
	 */
	public static function remove_all( $user ) {
		self::$own = true;
		WP_Application_Passwords::delete_all_application_passwords( $user );
		self::$own = false;
		Connection::forget( $user );
	}

	/**
	 * Somebody removed one in a profile, by REST or with the person. The portal hears of it now rather than by a failed draft.
	 *
	 * @param int   $user User.
	 * @param array $item The removed one.
	 */
	public static function removed( $user, $item ) {
		if ( self::$own || strtolower( (string) ( $item['app_id'] ?? '' ) ) !== Config::app_id() ) {
			return;
		}
		$record = Connection::of( $user );
		// A password that deletes itself was used by the portal, the only one who has it: somebody disconnected there.
		if ( rest_get_authenticated_app_password() === $item['uuid'] ) {
			if ( $record && $record['uuid'] === $item['uuid'] ) {
				Connection::forget( $user );
			}
			return;
		}
		if ( $record && $record['uuid'] === $item['uuid'] ) {
			Connection::save( $user, array( 'status' => 'revoked' ) + $record );
		}
		Portal_Client::tell(
			'/connect/v1/notices',
			array(
				'event'         => 'password_revoked',
				'password_uuid' => $item['uuid'],
				'wp_user_id'    => (int) $user,
			)
		);
	}
}
