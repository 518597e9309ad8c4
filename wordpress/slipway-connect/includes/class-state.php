<?php
/**
 * What is true about a person's connection now: what the portal says, held against what this site sees.
 *
 * @package Slipway_Connect
 */

namespace Slipway_Connect;

defined( 'ABSPATH' ) || exit;

/**
 * The states of the settings page: none, working, slow (still working, for longer than it should), connected, broken, safe_mode, unreachable, refused.
 */
final class State {

	/** Seconds for which an answer of the portal is believed. */
	const FRESH = 15;

	/** Seconds after which setting up a connection takes longer than it should. */
	const SLOW = 180;

	/** Seconds after which it ends: nobody waits for it any more. */
	const LAST = 86400;

	/**
	 * The state of a person, settled if it was still open.
	 *
	 * @param int $user User.
	 * @return array {name, message, next, proof, record}
	 */
	public static function of( $user ) {
		$record = Connection::of( $user );
		if ( Config::moved() ) {
			/* translators: 1: address in Slipway, 2: address now */
			$text = sprintf( __( 'Slipway knows this site as %1$s, but it now calls itself %2$s. Two copies of a site must not write as one, so drafting from the chat is paused.', 'slipway-connect' ), Config::registered_url(), Config::actual_url() );
			return self::make( 'safe_mode', $record, $text, __( 'An operator sets the address right in Slipway or in WordPress. Posts and people are not affected.', 'slipway-connect' ) );
		}
		if ( ! $record ) {
			return self::make( 'none', null );
		}
		if ( ! Connection::is_of_this_site( $record ) ) {
			return self::make( 'safe_mode', $record, __( 'This connection was made on another site, whose database was copied here. It is not used on this one.', 'slipway-connect' ), __( 'Press Connect to make one for this site.', 'slipway-connect' ) );
		}
		if ( 'revoked' === $record['status'] || ! in_array( $record['uuid'], Passwords::of( $user ), true ) ) {
			return self::make( 'broken', $record, __( 'The credential “Chat (Slipway)” was removed from your profile, so the chat can no longer save drafts here.', 'slipway-connect' ), __( 'Press Connect to make a new one. Your posts are not affected.', 'slipway-connect' ) );
		}
		$answer = self::ask( $user, $record );
		if ( ! $answer->ok() ) {
			$text = __( 'What stands here is what was last known. Your posts and your credential are as they were.', 'slipway-connect' );
			return $answer->unknown()
				? self::make( 'unreachable', $record, $text, $answer->next() )
				: self::make( 'refused', $record, $answer->message() . ' ' . $text, $answer->next() );
		}
		return self::settle( $user, $record, $answer );
	}

	/**
	 * Asks the portal, or remembers what it just said.
	 *
	 * @param int   $user   User.
	 * @param array $record Record.
	 * @return Answer
	 */
	private static function ask( $user, $record ) {
		$name  = 'slipway_state_' . $user;
		$known = 'working' === $record['status'] ? null : get_transient( $name );
		if ( is_array( $known ) && ( $known['pairing'] ?? '' ) === $record['pairing'] ) {
			return new Answer( $known['status'], $known['body'] );
		}
		$answer = Portal_Client::get( '/connect/v1/pairings/' . rawurlencode( $record['pairing'] ) );
		$status = $answer->text( 'status' );
		if ( $answer->ok() && ! in_array( $status, array( 'working', 'connected', 'broken', 'safe_mode', 'gone' ), true ) ) {
			$answer = new Answer( 502 );
		}
		set_transient(
			$name,
			array(
				'pairing' => $record['pairing'],
				'status'  => $answer->status,
				'body'    => $answer->body,
			),
			self::FRESH
		);
		return $answer;
	}

	/**
	 * Acts on what the portal says. A renewal ends here: with the old credential removed, or with the old one back in use.
	 *
	 * @param int    $user   User.
	 * @param array  $record Record.
	 * @param Answer $answer Answer of the portal.
	 * @return array
	 */
	private static function settle( $user, $record, $answer ) {
		$status = $answer->text( 'status' );
		$open   = 'working' === $record['status'];
		$in_use = $answer->text( 'password_uuid' );
		if ( $open && 'connected' === $status && '' !== $in_use && $in_use !== $record['uuid'] ) {
			// A portal that renews within one pairing may have gone back to the old credential.
			$status = 'broken';
		}
		$waited = $open && 'working' === $status ? time() - (int) ( $record['at'] ?? 0 ) : 0;
		if ( $waited > self::LAST ) {
			Outbox::add( $record['pairing'] );
			$status = 'broken';
		} elseif ( $waited > self::SLOW ) {
			return self::make( 'slow', $record, $answer->message_or( __( 'Setting up your connection takes longer than it should.', 'slipway-connect' ) ), __( 'If nothing above is for you to do, press Connect to start again. If it stays like this, tell the people who run Slipway.', 'slipway-connect' ) );
		}
		if ( 'working' === $status || ( $status === $record['status'] && 'gone' !== $status && self::same_chat( $record, $answer ) ) ) {
			return self::make( $status, $record, $answer->text( 'message' ), $answer->text( 'next' ), $answer->body['proof'] ?? null );
		}
		$changed = Lock::alone(
			$user,
			static function () use ( $user, $record, $answer, $status, $open ) {
				if ( Connection::of( $user ) !== $record ) {
					return false;
				}
				if ( 'connected' === $status || ( ! $open && 'gone' !== $status ) ) {
					$chat = Connection::chat_url( $answer->text( 'chat_url' ) );
					Connection::save(
						$user,
						array(
							'status'   => $status,
							'chat_url' => '' !== $chat ? $chat : $record['chat_url'],
							'before'   => null,
						) + $record
					);
					if ( $open ) {
						Passwords::remove_others( $user, array( $record['uuid'] ) );
					}
					return true;
				}
				Passwords::remove( $user, $record['uuid'] );
				$before = $open ? Connection::standing( $user ) : null;
				$before ? Connection::save( $user, $before ) : Connection::forget( $user );
				return true;
			}
		);
		if ( ! $changed ) {
			return self::make( 'working', $record );
		}
		if ( $open && 'connected' !== $status ) {
			Flash::leave( 'error', $answer->message_or( __( 'The portal could not set up the connection.', 'slipway-connect' ) ), Connect_Flow::safe( $user ), '' !== $answer->text( 'next' ) ? $answer->text( 'next' ) : __( 'Press Connect to start again.', 'slipway-connect' ) );
			return Connection::of( $user ) ? self::of( $user ) : self::make( 'none', null );
		}
		if ( 'gone' === $status ) {
			return self::make( 'none', null, __( 'This connection was ended in Slipway. The credential has been removed here as well.', 'slipway-connect' ) );
		}
		return self::make( $status, Connection::of( $user ), $answer->text( 'message' ), $answer->text( 'next' ), $answer->body['proof'] ?? null );
	}

	/**
	 * Whether the chat is still where the record says.
	 *
	 * @param array  $record Record.
	 * @param Answer $answer Answer of the portal.
	 * @return bool
	 */
	private static function same_chat( $record, $answer ) {
		$chat = Connection::chat_url( $answer->text( 'chat_url' ) );
		return '' === $chat || $chat === $record['chat_url'];
	}

	/**
	 * Date and time as this site writes them.
	 *
	 * @return string
	 */
	public static function clock() {
		return get_option( 'date_format' ) . ', ' . get_option( 'time_format' );
	}

	/**
	 * Builds a state.
	 *
	 * @param string     $name    Name.
	 * @param array|null $record  Record.
	 * @param string     $message What is the matter. Not escaped.
	 * @param string     $next    What to do. Not escaped.
	 * @param mixed      $proof   Last proof.
	 * @return array
	 */
	private static function make( $name, $record, $message = '', $next = '', $proof = null ) {
		return array(
			'name'    => $name,
			'record'  => $record,
			'message' => $message,
			'next'    => $next,
			'proof'   => is_array( $proof ) && is_numeric( $proof['at'] ?? null ) ? $proof : null,
		);
	}
}
