<?php
/**
 * E-mail addresses of people who come by SSO: they follow the portal's answer, and nobody else keeps one of theirs.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * One form of an address, and the one place that gives an account another one.
 */
final class Address {

	/** On a local account: when (Unix time) its address went to its owner. */
	const MOVED = 'slipway_address_moved';

	/** As many bytes as WordPress's column holds. */
	const LONGEST = 100;

	/**
	 * True while this class changes an address.
	 *
	 * @var bool
	 */
	private static $own = false;

	/**
	 * Hooks in.
	 */
	public static function watch() {
		add_filter( 'wp_pre_insert_user_data', array( __CLASS__, 'kept' ), PHP_INT_MAX, 3 );
		add_filter( 'send_email_change_email', array( __CLASS__, 'told' ), PHP_INT_MAX, 2 );
	}

	/**
	 * The one form in which addresses are compared: trimmed, ASCII letters in lower case. '' for what WordPress cannot keep
	 * as it is: it would drop the letters that it does not know, and so make another person's address of it.
	 *
	 * @param mixed $given Address.
	 * @return string
	 */
	public static function canonical( $given ) {
		if ( ! is_string( $given ) ) {
			return '';
		}
		$email = strtr( trim( $given ), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz' );
		$fits  = strlen( $email ) <= self::LONGEST && 1 === preg_match( '/^[\x21-\x7e]+\z/', $email );
		return $fits && is_email( $email ) === $email && sanitize_email( $email ) === $email ? $email : '';
	}

	/**
	 * Gives a person their own address. Who else holds it here has one afterwards that nobody can be written to: a person
	 * gets theirs at their next sign-in, a local account stands in the portal's list.
	 *
	 * @param \WP_User $user  Who carries the subject that the address belongs to.
	 * @param string   $email Verified address.
	 */
	public static function give( $user, $email ) {
		$email = self::canonical( $email );
		if ( '' === $email || self::canonical( $user->user_email ) === $email ) {
			return;
		}
		for ( $tries = 0; $tries < 10; $tries++ ) {
			$holder = get_user_by( 'email', $email );
			if ( ! $holder || $holder->ID === $user->ID ) {
				self::write( $user, $email );
				return;
			}
			if ( ! Person::is( $holder->ID ) ) {
				update_user_meta( $holder->ID, self::MOVED, time() );
			}
			self::write( $holder, self::nobodys() );
		}
	}

	/**
	 * An address that nobody can have (RFC 2606), and that nobody guesses in order to hold it first.
	 *
	 * @return string
	 */
	public static function nobodys() {
		return 'nobody-' . bin2hex( random_bytes( 8 ) ) . '@slipway.invalid';
	}

	/**
	 * Keeps address and name of somebody who comes by SSO, whatever way a change takes: under another name they could write
	 * as a colleague.
	 *
	 * @param array    $data   What is about to be written.
	 * @param bool     $update Whether the user is there.
	 * @param int|null $id     User.
	 * @return array
	 */
	public static function kept( $data, $update, $id ) {
		if ( ! $update || ! Person::is( $id ) ) {
			return $data;
		}
		$user = get_userdata( $id );
		if ( ! self::$own && isset( $data['user_email'] ) ) {
			$data['user_email'] = $user->user_email;
		}
		if ( ! Person::$follows && isset( $data['display_name'] ) ) {
			$data['display_name'] = $user->display_name;
		}
		return $data;
	}

	/**
	 * Sends no letter about a change that follows the portal, or that did not happen: it would go to the address's owner.
	 *
	 * @param bool  $send Whether to send it.
	 * @param array $user The user before.
	 * @return bool
	 */
	public static function told( $send, $user ) {
		return $send && ! self::$own && ! Person::is( $user['ID'] );
	}

	/**
	 * Writes an address. Letters that were asked for at the old one open nothing any more: WordPress drops their key.
	 *
	 * @param \WP_User $user  User.
	 * @param string   $email Address.
	 */
	private static function write( $user, $email ) {
		self::$own = true;
		wp_update_user(
			array(
				'ID'         => $user->ID,
				'user_email' => $email,
			)
		);
		self::$own = false;
		// A change that was waiting for its confirmation.
		delete_user_meta( $user->ID, '_new_email' );
	}
}
